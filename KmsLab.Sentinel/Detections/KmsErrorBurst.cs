using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>
/// The lab's own alarm: KMS refuses one principal again and again, as when somebody guesses keys, tries stolen ciphertext, or finds out what
/// stolen credentials may do.
/// </summary>
/// <remarks>
/// Refusals and wrong guesses count; throttling, what does not exist or exists already, a key's state and what AWS services meet is nobody's attack and has
/// thresholds of its own (<see cref="ErrorRates"/>). Whoever guesses slower than the window is long is found by a second, long one.
/// </remarks>
internal static class KmsErrorBurst
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "kms-error-burst",
        Title = "KMS refuses one principal repeatedly",
        Severity = Severity.High,
        Technique = "T1110",
        About = "The lab's own alarm, for every principal: somebody guesses keys, tries stolen ciphertext, or finds out what stolen credentials may do. Refusals and wrong guesses count "
            + "(AccessDenied, VpceAccessDenied, InvalidCiphertextException, IncorrectKeyException, invalid signatures, MACs and grant tokens); errors of other kinds have detections of their own. "
            + "Guessing slowly, one a minute for hours, is found by the longer span: 30 within 2 hours; slower than one in four minutes is not found here.",
        Why = "KMS refused {principal} {observed} times within {window} (fewer than {threshold} are allowed), last {operation} with {error} from {address}.",
        Tuning = "Threshold 2 in 60 s is the lab's own. An application that retries refused calls needs more; set an exception for it rather than for all: its threshold holds "
            + "for the long span, too, where it is the higher one. SlowThreshold and SlowWindow tune that span.",
        Runbook =
        [
            "Read the evidence: which operation, which key, which error, from which address.",
            "InvalidCiphertextException means a wrong encryption context: a wrong Key given to CryptoApi, or ciphertext that was copied or changed.",
            "Ask CryptoApi's GET /audit?requestId={requestId} which of its clients was behind the call.",
            "AccessDenied means that the principal may not do this: find out who uses its credentials.",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={accessKey}",
            "If it is not you:",
            .. Reactions.StopPrincipal,
        ],
        Defaults = new(DetectionMode.On, Threshold: 2, Window: TimeSpan.FromSeconds(60)) { Slow = new(30, TimeSpan.FromHours(2)) },
        Select = Select,
    };

    private static Selection? Select(Observation observation) =>
        observation.IsKms && ErrorKinds.IsHostile(observation) ? Selection.By("principal", observation.Principal) : null;
}
