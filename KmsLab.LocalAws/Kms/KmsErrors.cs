using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>KMS's errors, in its words.</summary>
internal static class KmsErrors
{
    public static AwsException KeyNotFound(string arn) => new("NotFoundException", $"Key '{arn}' does not exist");

    public static AwsException InvalidKeyId(string keyId) => new("NotFoundException", $"Invalid keyId '{keyId}'");

    public static AwsException AliasNotFound(string arn) => new("NotFoundException", $"Alias {arn} is not found.");

    public static AwsException OtherRegion(string region) => new("NotFoundException", $"Invalid arn {region}");

    public static AwsException InvalidArn(string arn) => new("InvalidArnException", $"Invalid arn '{arn}'");

    public static AwsException Disabled(string arn) => new("DisabledException", $"{arn} is disabled.");

    public static AwsException PendingDeletion(string arn) => new("KMSInvalidStateException", $"{arn} is pending deletion.");

    public static AwsException InvalidState(string message) => new("KMSInvalidStateException", message);

    // AWS says nothing here, so that nobody learns why.
    public static AwsException InvalidCiphertext() => new("InvalidCiphertextException", "");

    public static AwsException CiphertextOfUnknownKey() => new(
        "AccessDeniedException", "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.");

    public static AwsException IncorrectKey() => new("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.");

    public static AwsException InvalidKeyUsage(string arn, string algorithm) => new("InvalidKeyUsageException", $"Algorithm {algorithm} is incompatible with key spec SYMMETRIC_DEFAULT of {arn}.");

    public static AwsException DryRun() => new("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");

    public static AwsException Validation(string message) => new("ValidationException", message);

    public static AwsException Unsupported(string message) => new("UnsupportedOperationException", message);

    public static AwsException InvalidMarker() => new("InvalidMarkerException", "Could not deserialize marker");

    public static AwsException Tag(string message) => new("TagException", message);
}
