import { same } from "./report.js";

// The calls of the table, in its order: what each answers is kept for the next ones.
export async function* checkCalls({ sdk, client, service }, table) {
  const kept = { name: `js-${Date.now().toString(36)}` };
  kept.prefix = kept.name.slice(0, 6);
  for (const call of table) {
    const input = fill(call.with, kept);
    yield [`${service} ${call.call} ${JSON.stringify(call.with)}`, async () => {
      const command = new sdk[`${call.call}Command`](input);
      if (call.fails) {
        await expectError(client.send(command), call);
        return;
      }
      const answer = await client.send(command);
      // A stream that nobody reads would hold its connection.
      if (answer.Body?.transformToByteArray) await answer.Body.transformToByteArray();
      if (!answer.$metadata.requestId) throw new Error("the answer has no request id");
      for (const [name, path] of Object.entries(call.keep ?? {})) kept[name] = part(answer, path);
      for (const [path, value] of Object.entries(call.gives ?? {})) same(part(answer, path), fill(value, kept), path);
    }];
  }
}

async function expectError(sent, { fails, code }) {
  try {
    await sent;
  } catch (error) {
    const known = [fails, code];
    if (!known.includes(error.name) && !known.includes(error.Code)) throw new Error(`failed with ${error.name} (${error.message}), not with ${fails}`);
    if (!error.$metadata?.requestId) throw new Error(`${error.name} has no request id`);
    return;
  }
  throw new Error(`succeeded, and should fail with ${fails}`);
}

function fill(value, kept) {
  if (typeof value === "string") {
    const whole = /^\$\{(\w+)\}$/.exec(value);
    return whole ? kept[whole[1]] : value.replace(/\$\{(\w+)\}/g, (_, name) => kept[name]);
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, kept));
  if (value === null || typeof value !== "object") return value;
  if ("$blob" in value) return new Uint8Array(Buffer.from(value.$blob, "base64"));
  if ("$seconds" in value) return new Date(Math.floor(Date.now() / 1000 + value.$seconds) * 1000);
  if ("$millis" in value) return Date.now() + value.$millis;
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, fill(content, kept)]));
}

const part = (answer, path) => path.split(".").reduce((value, name) => value?.[name], answer);
