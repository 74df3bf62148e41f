using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>AWS KMS, all of it that is about symmetric keys.</summary>
internal sealed class KmsService : AwsService
{
    // The operations without a key; all others ask leave for the key that they find.
    private static readonly HashSet<string> WithoutKey = ["CreateKey", "ListKeys", "ListAliases", "ListRetirableGrants", "GenerateRandom"];

    public KmsService(KeyFinder finder, MultiRegionKeys multiRegion, TimeProvider time) : base("kms", "kms.amazonaws.com")
    {
        TargetPrefix = "TrentService";
        InternalError = "KMSInternalException";

        new KeyLifecycle(finder, time).AddTo(this);
        new KeyAliases(finder, time).AddTo(this);
        new KeyCrypto(finder).AddTo(this);
        new KeyPolicies(finder).AddTo(this);
        new KeyTags(finder).AddTo(this);
        new KeyGrants(finder, time).AddTo(this);
        new KeyRotations(finder, multiRegion, time).AddTo(this);
        multiRegion.AddTo(this);

        Refuse("KmsLab LocalAws has symmetric encryption keys only: no asymmetric and no HMAC keys.",
            "Sign", "Verify", "GetPublicKey", "GenerateMac", "VerifyMac", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "DeriveSharedSecret");
        Refuse("KmsLab LocalAws does not import key material.", "GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial");
        Refuse("KmsLab LocalAws has no custom key stores.",
            "CreateCustomKeyStore", "DeleteCustomKeyStore", "DescribeCustomKeyStores", "ConnectCustomKeyStore", "DisconnectCustomKeyStore", "UpdateCustomKeyStore");
    }

    public override bool AuthorizesResource(Operation operation) => !WithoutKey.Contains(operation.Name);
}
