using System.Security.Cryptography;
using System.Text;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace KmsLab.Tests.LocalAws;

public sealed class KmsCryptoTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private readonly LocalAwsHost _aws = fixture.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decrypt_gives_back_what_Encrypt_took()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var context = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };

        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("secret"), EncryptionContext = context }, Cancel);
        var decrypted = await kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["a"] = "1", ["b"] = "2" } }, Cancel);

        Text(decrypted.Plaintext).ShouldBe("secret");
        encrypted.KeyId.ShouldBe(key.Arn);
        encrypted.EncryptionAlgorithm.ShouldBe(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT);
        decrypted.KeyId.ShouldBe(key.Arn);
        decrypted.KeyMaterialId.ShouldBe(key.CurrentKeyMaterialId);
        Encoding.Latin1.GetString(encrypted.CiphertextBlob.ToArray()).ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("a", "2")]
    [InlineData("A", "1")]
    public async Task Decrypt_refuses_another_context(string? name, string? value)
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("secret"), EncryptionContext = new() { ["a"] = "1" } }, Cancel);

        await Should.ThrowAsync<InvalidCiphertextException>(() => kms.DecryptAsync(
            new() { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = name is null ? null : new() { [name] = value! } }, Cancel));
    }

    [Fact]
    public async Task Decrypt_refuses_a_blob_with_any_byte_changed()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var blob = (await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("x") }, Cancel)).CiphertextBlob.ToArray();

        for (var i = 0; i < blob.Length; i++)
        {
            var changed = (byte[])blob.Clone();
            changed[i] ^= 1;
            var error = await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new() { CiphertextBlob = new(changed) }, Cancel));
            // Only the bytes that name the key may lead elsewhere than to a broken ciphertext.
            error.ErrorCode.ShouldBe(i is >= 1 and < 18 ? error.ErrorCode : "InvalidCiphertextException", $"byte {i}");
        }
    }

    [Fact]
    public async Task Decrypt_refuses_the_wrong_key_and_nonsense()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var other = await CreateKeyAsync(kms);
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("secret") }, Cancel);

        await Should.ThrowAsync<IncorrectKeyException>(() => kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, KeyId = other.KeyId }, Cancel));
        await Should.ThrowAsync<InvalidCiphertextException>(() => kms.DecryptAsync(new() { CiphertextBlob = Stream("nonsense") }, Cancel));
    }

    [Fact]
    public async Task Key_is_found_by_id_arn_alias_and_alias_arn()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var alias = $"alias/test-{Guid.NewGuid():N}";
        await kms.CreateAliasAsync(new() { AliasName = alias, TargetKeyId = key.KeyId }, Cancel);

        foreach (var name in (string[])[key.KeyId, key.Arn, alias, $"arn:aws:kms:us-east-1:000000000000:{alias}"])
        {
            var encrypted = await kms.EncryptAsync(new() { KeyId = name, Plaintext = Stream("x") }, Cancel);
            encrypted.KeyId.ShouldBe(key.Arn);
            (await kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, KeyId = name }, Cancel)).KeyId.ShouldBe(key.Arn);
        }
    }

    [Fact]
    public async Task ReEncrypt_moves_a_text_to_another_key_and_context()
    {
        using var kms = _aws.Kms();
        var source = await CreateKeyAsync(kms);
        var destination = await CreateKeyAsync(kms);
        var encrypted = await kms.EncryptAsync(new() { KeyId = source.KeyId, Plaintext = Stream("secret"), EncryptionContext = new() { ["a"] = "1" } }, Cancel);

        var moved = await kms.ReEncryptAsync(new()
        {
            CiphertextBlob = encrypted.CiphertextBlob,
            SourceEncryptionContext = new() { ["a"] = "1" },
            DestinationKeyId = destination.KeyId,
            DestinationEncryptionContext = new() { ["b"] = "2" },
        }, Cancel);

        moved.SourceKeyId.ShouldBe(source.Arn);
        moved.KeyId.ShouldBe(destination.Arn);
        moved.SourceKeyMaterialId.ShouldBe(source.CurrentKeyMaterialId);
        moved.DestinationKeyMaterialId.ShouldBe(destination.CurrentKeyMaterialId);
        Text((await kms.DecryptAsync(new() { CiphertextBlob = moved.CiphertextBlob, EncryptionContext = new() { ["b"] = "2" } }, Cancel)).Plaintext).ShouldBe("secret");
    }

    [Fact]
    public async Task Data_keys_have_the_length_asked_for_and_unwrap_to_themselves()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);

        var aes = await kms.GenerateDataKeyAsync(new() { KeyId = key.KeyId, KeySpec = DataKeySpec.AES_256 }, Cancel);
        var bytes = await kms.GenerateDataKeyAsync(new() { KeyId = key.KeyId, NumberOfBytes = 1000 }, Cancel);
        var wrapped = await kms.GenerateDataKeyWithoutPlaintextAsync(new() { KeyId = key.KeyId, KeySpec = DataKeySpec.AES_128 }, Cancel);

        aes.Plaintext.Length.ShouldBe(32);
        bytes.Plaintext.Length.ShouldBe(1000);
        (await kms.DecryptAsync(new() { CiphertextBlob = aes.CiphertextBlob }, Cancel)).Plaintext.ToArray().ShouldBe(aes.Plaintext.ToArray());
        (await kms.DecryptAsync(new() { CiphertextBlob = wrapped.CiphertextBlob }, Cancel)).Plaintext.Length.ShouldBe(16);
    }

    [Fact]
    public async Task DryRun_does_nothing_and_says_that_it_would_have_succeeded()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("x") }, Cancel);

        (await Should.ThrowAsync<DryRunOperationException>(() => kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, DryRun = true }, Cancel)))
            .Message.ShouldBe("The request would have succeeded, but the DryRun option is set.");
        await Should.ThrowAsync<DryRunOperationException>(() => kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("x"), DryRun = true }, Cancel));
        await Should.ThrowAsync<DryRunOperationException>(() => kms.GenerateDataKeyAsync(new() { KeyId = key.KeyId, KeySpec = DataKeySpec.AES_256, DryRun = true }, Cancel));
    }

    [Fact]
    public async Task Rotation_keeps_old_ciphertexts_readable()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var old = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("old") }, Cancel);

        await kms.RotateKeyOnDemandAsync(new() { KeyId = key.KeyId }, Cancel);
        var current = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = Stream("new") }, Cancel);
        var oldDecrypted = await kms.DecryptAsync(new() { CiphertextBlob = old.CiphertextBlob }, Cancel);
        var newDecrypted = await kms.DecryptAsync(new() { CiphertextBlob = current.CiphertextBlob }, Cancel);

        Text(oldDecrypted.Plaintext).ShouldBe("old");
        oldDecrypted.KeyMaterialId.ShouldBe(key.CurrentKeyMaterialId);
        newDecrypted.KeyMaterialId.ShouldNotBe(key.CurrentKeyMaterialId);
        var rotations = await kms.ListKeyRotationsAsync(new() { KeyId = key.KeyId, IncludeKeyMaterial = IncludeKeyMaterial.ALL_KEY_MATERIAL }, Cancel);
        rotations.Rotations.Select(rotation => rotation.KeyMaterialState.Value).ShouldBe(["NON_CURRENT", "CURRENT"]);
    }

    [Fact]
    public async Task Everything_survives_a_restart()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        MemoryStream blob;
        string keyId;
        using (var kms = aws.Kms())
        {
            keyId = (await CreateKeyAsync(kms)).KeyId;
            await kms.CreateAliasAsync(new() { AliasName = "alias/kept", TargetKeyId = keyId }, Cancel);
            blob = (await kms.EncryptAsync(new() { KeyId = "alias/kept", Plaintext = Stream("kept") }, Cancel)).CiphertextBlob;
            await kms.RotateKeyOnDemandAsync(new() { KeyId = keyId }, Cancel);
            await kms.TagResourceAsync(new() { KeyId = keyId, Tags = [new() { TagKey = "k", TagValue = "v" }] }, Cancel);
            await kms.CreateGrantAsync(new() { KeyId = keyId, GranteePrincipal = "arn:aws:iam::000000000000:role/r", Operations = ["Decrypt"] }, Cancel);
        }

        await aws.RestartAsync();

        using var again = aws.Kms();
        Text((await again.DecryptAsync(new() { CiphertextBlob = blob, KeyId = "alias/kept" }, Cancel)).Plaintext).ShouldBe("kept");
        (await again.ListResourceTagsAsync(new() { KeyId = keyId }, Cancel)).Tags.Single().TagValue.ShouldBe("v");
        (await again.ListGrantsAsync(new() { KeyId = keyId }, Cancel)).Grants.Count.ShouldBe(1);
        (await again.ListKeyRotationsAsync(new() { KeyId = keyId }, Cancel)).Rotations.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Encrypt", """{"Plaintext":"eA=="}""", "ValidationException", "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null")]
    [InlineData("Encrypt", """{"KeyId":"","Plaintext":"eA=="}""", "ValidationException", "1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("Encrypt", """{"KeyId":"x","Plaintext":""}""", "ValidationException", "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("Encrypt", """{"KeyId":"x","Plaintext":"not base64"}""", "SerializationException", null)]
    [InlineData("Encrypt", """{"KeyId":7}""", "SerializationException", null)]
    [InlineData("Encrypt", "[]", "SerializationException", null)]
    [InlineData("Encrypt", "{", "SerializationException", null)]
    [InlineData("Encrypt", "null", "SerializationException", null)]
    [InlineData("GenerateRandom", """{"NumberOfBytes":0}""", "ValidationException", "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    [InlineData("GenerateRandom", "{}", "ValidationException", "NumberOfBytes is required.")]
    [InlineData("DescribeKey", """{"KeyId":"fake-key-id"}""", "NotFoundException", "Invalid keyId 'fake-key-id'")]
    [InlineData("DescribeKey", """{"KeyId":"00000000-0000-4000-8000-000000000000"}""", "NotFoundException", "Key 'arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000' does not exist")]
    [InlineData("DescribeKey", """{"KeyId":"alias/none"}""", "NotFoundException", "Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.")]
    [InlineData("DescribeKey", """{"KeyId":"arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-4000-8000-000000000000"}""", "NotFoundException", "Invalid arn eu-west-1")]
    [InlineData("DescribeKey", """{"KeyId":"arn:aws:s3:::bucket"}""", "InvalidArnException", null)]
    [InlineData("CreateAlias", """{"AliasName":"noprefix","TargetKeyId":"x"}""", "ValidationException", "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")]
    [InlineData("CreateAlias", """{"AliasName":"alias/aws/mine","TargetKeyId":"x"}""", "NotAuthorizedException", null)]
    [InlineData("CreateKey", """{"Policy":"{}"}""", "MalformedPolicyDocumentException", null)]
    [InlineData("CreateKey", """{"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}""", "UnsupportedOperationException", null)]
    [InlineData("ListKeys", """{"Marker":"bogus"}""", "InvalidMarkerException", null)]
    [InlineData("Sign", "{}", "UnsupportedOperationException", null)]
    [InlineData("Nonsense", "{}", "UnknownOperationException", null)]
    public async Task Bad_input_gets_the_error_of_aws(string operation, string body, string code, string? message)
    {
        using var response = await _aws.PostJsonAsync("kms", $"TrentService.{operation}", body);
        using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));

        ((int)response.StatusCode).ShouldBe(400);
        json.RootElement.GetProperty("__type").GetString().ShouldBe(code);
        if (message is not null)
            json.RootElement.GetProperty("message").GetString().ShouldBe(message);
    }

    [Fact]
    public async Task GenerateRandom_is_random()
    {
        using var kms = _aws.Kms();

        var first = await kms.GenerateRandomAsync(32, Cancel);
        var second = await kms.GenerateRandomAsync(32, Cancel);

        CryptographicOperations.FixedTimeEquals(first.Plaintext.ToArray(), second.Plaintext.ToArray()).ShouldBeFalse();
    }

    private static async Task<KeyMetadata> CreateKeyAsync(AmazonKeyManagementServiceClient kms) =>
        (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
