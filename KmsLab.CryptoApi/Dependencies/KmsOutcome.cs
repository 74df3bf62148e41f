using Amazon.Runtime;

namespace KmsLab.CryptoApi.Dependencies;

/// <summary>Names how a KMS call ended, for metrics and traces: one of a few, whatever KMS may come up with.</summary>
internal static class KmsOutcome
{
    private static readonly HashSet<string> Known =
    [
        "AccessDeniedException", "DependencyTimeoutException", "DisabledException", "ExpiredTokenException", "IncorrectKeyException", "InvalidCiphertextException",
        "InvalidKeyUsageException", "KMSInternalException", "KMSInvalidStateException", "KeyUnavailableException", "LimitExceededException", "NotFoundException",
        "ThrottlingException",
    ];

    public static string Of(Exception problem) => problem switch
    {
        AmazonServiceException { ErrorCode: { } code } => Known.Contains(code) ? code : "other",
        KmsUnreachableException { InnerException: OperationCanceledException } => "timeout",
        KmsUnreachableException => "unreachable",
        OperationCanceledException => "cancelled",
        _ => "other",
    };
}
