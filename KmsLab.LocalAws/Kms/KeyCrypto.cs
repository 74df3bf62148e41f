using System.Security.Cryptography;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>Encrypt, Decrypt, ReEncrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom.</summary>
internal sealed class KeyCrypto(KeyFinder finder)
{
    private const string Symmetric = "SYMMETRIC_DEFAULT";

    public void AddTo(AwsService service)
    {
        service.Add("Encrypt", OnTrail.Read, () => KmsJson.Wire.EncryptRequest, () => KmsJson.Wire.EncryptResponse, Encrypt);
        service.Add("Decrypt", OnTrail.Read, () => KmsJson.Wire.DecryptRequest, () => KmsJson.Wire.DecryptResponse, Decrypt);
        service.Add("ReEncrypt", OnTrail.Read, () => KmsJson.Wire.ReEncryptRequest, () => KmsJson.Wire.ReEncryptResponse, ReEncrypt);
        service.Add("GenerateDataKey", OnTrail.Read, () => KmsJson.Wire.GenerateDataKeyRequest, () => KmsJson.Wire.GenerateDataKeyResponse, (call, request) => GenerateDataKey(call, request, withPlaintext: true));
        service.Add("GenerateDataKeyWithoutPlaintext", OnTrail.Read, () => KmsJson.Wire.GenerateDataKeyRequest, () => KmsJson.Wire.GenerateDataKeyResponse, (call, request) => GenerateDataKey(call, request, withPlaintext: false));
        service.Add("GenerateRandom", OnTrail.Read with { RequestParameters = false }, () => KmsJson.Wire.GenerateRandomRequest, () => KmsJson.Wire.GenerateRandomResponse, GenerateRandom);
    }

    private EncryptResponse Encrypt(AwsCall call, EncryptRequest request)
    {
        CheckContext(request.EncryptionContext);
        GrantTokens.Check(request.GrantTokens);
        var key = finder.Usable(call, request.KeyId!);
        CheckAlgorithm(key, request.EncryptionAlgorithm);
        CheckDryRun(request.DryRun);
        return new() { CiphertextBlob = CiphertextBlob.Seal(key, request.Plaintext, request.EncryptionContext), KeyId = key.Arn, EncryptionAlgorithm = Symmetric };
    }

    private DecryptResponse Decrypt(AwsCall call, DecryptRequest request)
    {
        CheckContext(request.EncryptionContext);
        GrantTokens.Check(request.GrantTokens);
        if (IgnoresCiphertext(request.DryRun, request.DryRunModifiers))
            throw DryRunOf(call, request.KeyId, "keyId");
        if (request.CiphertextBlob is null)
            throw Validator.Missing("ValidationException", "ciphertextBlob");

        var key = SourceKey(call, request.KeyId, request.CiphertextBlob);
        CheckAlgorithm(key, request.EncryptionAlgorithm);
        var (plaintext, material) = CiphertextBlob.Open(key, request.CiphertextBlob, request.EncryptionContext) ?? throw KmsErrors.InvalidCiphertext();
        CheckDryRun(request.DryRun);
        return new() { KeyId = key.Arn, Plaintext = plaintext, EncryptionAlgorithm = Symmetric, KeyMaterialId = material.Id };
    }

    private ReEncryptResponse ReEncrypt(AwsCall call, ReEncryptRequest request)
    {
        CheckContext(request.SourceEncryptionContext);
        CheckContext(request.DestinationEncryptionContext);
        GrantTokens.Check(request.GrantTokens);
        if (IgnoresCiphertext(request.DryRun, request.DryRunModifiers))
        {
            var dryRun = DryRunOf(call, request.SourceKeyId, "sourceKeyId");
            finder.Usable(call, request.DestinationKeyId!);
            throw dryRun;
        }

        if (request.CiphertextBlob is null)
            throw Validator.Missing("ValidationException", "ciphertextBlob");
        var source = SourceKey(call, request.SourceKeyId, request.CiphertextBlob);
        CheckAlgorithm(source, request.SourceEncryptionAlgorithm);
        var destination = finder.Usable(call, request.DestinationKeyId!);
        CheckAlgorithm(destination, request.DestinationEncryptionAlgorithm);
        var (plaintext, material) = CiphertextBlob.Open(source, request.CiphertextBlob, request.SourceEncryptionContext) ?? throw KmsErrors.InvalidCiphertext();
        CheckDryRun(request.DryRun);

        var blob = CiphertextBlob.Seal(destination, plaintext, request.DestinationEncryptionContext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new()
        {
            CiphertextBlob = blob,
            SourceKeyId = source.Arn,
            KeyId = destination.Arn,
            SourceEncryptionAlgorithm = Symmetric,
            DestinationEncryptionAlgorithm = Symmetric,
            SourceKeyMaterialId = material.Id,
            DestinationKeyMaterialId = destination.Current.Id,
        };
    }

    private GenerateDataKeyResponse GenerateDataKey(AwsCall call, GenerateDataKeyRequest request, bool withPlaintext)
    {
        CheckContext(request.EncryptionContext);
        GrantTokens.Check(request.GrantTokens);
        var length = DataKeyLength(request);
        var key = finder.Usable(call, request.KeyId!);
        CheckDryRun(request.DryRun);

        var dataKey = RandomNumberGenerator.GetBytes(length);
        return new()
        {
            CiphertextBlob = CiphertextBlob.Seal(key, dataKey, request.EncryptionContext),
            Plaintext = withPlaintext ? dataKey : null,
            KeyId = key.Arn,
            KeyMaterialId = key.Current.Id,
        };
    }

    private static GenerateRandomResponse GenerateRandom(AwsCall call, GenerateRandomRequest request)
    {
        var length = request.NumberOfBytes ?? throw KmsErrors.Validation("NumberOfBytes is required.");
        return new() { Plaintext = RandomNumberGenerator.GetBytes(length) };
    }

    /// <summary>The key of a ciphertext, which must be the one that the caller names, if any.</summary>
    private KmsKey SourceKey(AwsCall call, string? named, byte[] blob)
    {
        var expected = named is null ? null : finder.ByAnyName(call, named);
        // Not looked up in the blob first: a named key that may not be used says so, whatever the blob is.
        if (expected is not null)
            KeyFinder.MustBeUsable(expected);

        var actual = finder.OfCiphertext(call, blob);
        if (expected is not null && actual?.Id != expected.Id)
            throw KmsErrors.IncorrectKey();
        return expected ?? KeyFinder.MustBeUsable(KeyFinder.Admit(call, actual ?? throw KmsErrors.CiphertextOfUnknownKey()));
    }

    /// <summary>Tells whether a dry run asks about the key alone.</summary>
    /// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html</remarks>
    private static bool IgnoresCiphertext(bool? dryRun, List<string>? modifiers) => modifiers switch
    {
        not { Count: > 0 } => false,
        _ when dryRun != true => throw KmsErrors.Validation("DryRunModifiers can be specified only when DryRun is true."),
        _ => true,
    };

    /// <summary>The answer of a dry run that looks at no ciphertext: the key must be named, and fit for use.</summary>
    private AwsException DryRunOf(AwsCall call, string? name, string member)
    {
        finder.Usable(call, name ?? throw Validator.Missing("ValidationException", member));
        return KmsErrors.DryRun();
    }

    private static int DataKeyLength(GenerateDataKeyRequest request) => request switch
    {
        { KeySpec: null, NumberOfBytes: { } length } => length,
        { KeySpec: "AES_256", NumberOfBytes: null } => 32,
        { KeySpec: "AES_128", NumberOfBytes: null } => 16,
        _ => throw KmsErrors.Validation("Please specify either number of bytes or key spec."),
    };

    private static void CheckAlgorithm(KmsKey key, string? algorithm)
    {
        if (algorithm is not (null or Symmetric))
            throw KmsErrors.InvalidKeyUsage(key.Arn, algorithm);
    }

    private static void CheckContext(Dictionary<string, string>? context)
    {
        if (context is null)
            return;
        foreach (var (name, value) in context)
        {
            if (value is null)
                throw AwsException.Serialization($"The encryption context's value of '{name}' is null.");
        }
    }

    private static void CheckDryRun(bool? dryRun)
    {
        if (dryRun == true)
            throw KmsErrors.DryRun();
    }
}
