using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Rates;

namespace KmsLab.Sentinel.Detection;

/// <summary>
/// The lab's own alarm: KMS refuses one principal again and again, as when somebody guesses keys, tries stolen ciphertext, or finds out what
/// stolen credentials may do.
/// </summary>
/// <remarks>
/// A DryRun call always 'fails' with DryRunOperationException: that is its success, and says nothing about errors
/// (https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html).
/// </remarks>
internal static class KmsErrorBurst
{
    public static DetectionDefinition Definition { get; } = new(
        Id: "kms-error-burst",
        Title: "KMS refuses one principal repeatedly",
        Severity: Severity.High,
        Technique: "T1110",
        Runbook:
        [
            "Read the evidence: which operation, which key, which error, from which address.",
            "InvalidCiphertextException means a wrong encryption context: a wrong Key given to CryptoApi, or ciphertext that was copied or changed.",
            "AccessDenied means that the principal may not do this: find out who uses its credentials.",
            "If it is not you: revoke the role's sessions (IAM console, 'Revoke active sessions') and rotate the credentials.",
        ],
        Defaults: new(DetectionMode.On, Threshold: 2, Window: TimeSpan.FromSeconds(60)),
        Select);

    private static DetectionGroup? Select(CloudTrailRecord record) =>
        record is { EventSource: "kms.amazonaws.com", ErrorCode: not (null or "DryRunOperationException") }
            ? new DetectionGroup([new("principal", StablePrincipal.Of(record.Identity))])
            : null;
}
