namespace KmsLab.Sentinel.Trail;

/// <summary>Operations that use a key's material; the others manage it, and are watched by other detections.</summary>
internal static class CryptographicOperations
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt", "Sign", "Verify", "VerifyMac",
    };

    public static bool Contains(string operation) => Names.Contains(operation);
}
