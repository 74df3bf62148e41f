import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { buildClient, CommitmentPolicy, KmsKeyringNode } from "@aws-crypto/client-node";
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { KMS } from "@aws-sdk/client-kms";
import { same } from "./report.js";

const text = "the quick brown fox";
const encryptionContext = { purpose: "check", tenant: "körner" };

// The AWS Encryption SDK with keys of LocalAws: envelope encryption as customers use it.
export async function* checks(settings) {
  const kms = new KMSClient(settings);
  const create = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata.Arn;
  const [first, second, stranger] = [await create(), await create(), await create()];
  await kms.send(new CreateAliasCommand({ AliasName: "alias/encryption-sdk", TargetKeyId: first }));

  const { encrypt, decrypt, encryptStream, decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const clientProvider = () => new KMS(settings);
  const keyring = new KmsKeyringNode({ clientProvider, generatorKeyId: first, keyIds: [second] });
  let message;

  yield ["encrypt under two keys", async () => {
    const { result, messageHeader } = await encrypt(keyring, text, { encryptionContext });
    same(messageHeader.encryptedDataKeys.map((key) => key.providerInfo), [first, second], "the keys of the message");
    message = result;
  }];
  yield ["decrypt with the context", async () => {
    const { plaintext, messageHeader } = await decrypt(keyring, message);
    same(plaintext.toString(), text, "the plaintext");
    same(messageHeader.encryptionContext.tenant, encryptionContext.tenant, "the context");
  }];
  yield ["decrypt with either key alone", async () => {
    for (const key of [first, second]) {
      const { plaintext } = await decrypt(new KmsKeyringNode({ clientProvider, keyIds: [key] }), message);
      same(plaintext.toString(), text, "the plaintext");
    }
  }];
  yield ["decrypt by discovery", async () => {
    const discovery = new KmsKeyringNode({ clientProvider, discovery: true, discoveryFilter: { accountIDs: ["000000000000"], partition: "aws" } });
    same((await decrypt(discovery, message)).plaintext.toString(), text, "the plaintext");
  }];
  yield ["encrypt under an alias", async () => {
    const { result, messageHeader } = await encrypt(new KmsKeyringNode({ clientProvider, generatorKeyId: "arn:aws:kms:us-east-1:000000000000:alias/encryption-sdk" }), text);
    same(messageHeader.encryptedDataKeys[0].providerInfo, first, "the key of the message");
    same((await decrypt(keyring, result)).plaintext.toString(), text, "the plaintext");
  }];
  yield ["stream a megabyte", async () => {
    const plain = Buffer.alloc(1024 * 1024, "x");
    const encrypted = await buffer(Readable.from([plain]).pipe(encryptStream(keyring, { encryptionContext })));
    const decrypted = await buffer(Readable.from([encrypted]).pipe(decryptStream(keyring)));
    same(decrypted.equals(plain), true, "the same megabyte");
  }];
  yield ["refuse an altered message", () => refused(async () => {
    const altered = Buffer.from(message);
    altered[altered.length - 200] ^= 1;
    await decrypt(keyring, altered);
  })];
  yield ["refuse a key that the message doesn't have", () => refused(() => decrypt(new KmsKeyringNode({ clientProvider, keyIds: [stranger] }), message))];
  yield ["refuse a disabled key", async () => {
    await kms.send(new DisableKeyCommand({ KeyId: second }));
    await refused(() => decrypt(new KmsKeyringNode({ clientProvider, keyIds: [second] }), message));
  }];
}

async function refused(action) {
  try {
    await action();
  } catch {
    return;
  }
  throw new Error("it was decrypted");
}
