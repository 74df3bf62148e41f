namespace KmsLab.Sentinel.Detections;

/// <summary>Errors that are an operator's business rather than an attacker's: shown, each by a threshold of its own.</summary>
internal static class ErrorRates
{
    /// <summary>One detection for each kind.</summary>
    public static IReadOnlyList<DetectionDefinition> Definitions { get; } =
    [
        Create(ErrorKind.Throttling, "kms-throttling", "KMS throttles one principal", 1000, TimeSpan.FromMinutes(10),
            "ThrottlingException and LimitExceededException: the account's request quota, or a loop. A thief who reads in bulk can meet it too; the reads that succeed are judged by decrypt-rate-anomaly."),
        Create(ErrorKind.Absence, "kms-not-found", "One principal asks for many keys that do not exist", 200, TimeSpan.FromHours(1),
            "NotFoundException: a refresh of infrastructure as code whose keys and aliases are gone, or somebody who tries names."),
        Create(ErrorKind.Existence, "kms-already-exists", "One principal makes many things that exist already", 200, TimeSpan.FromHours(1),
            "AlreadyExistsException and its like: infrastructure as code that lost its state."),
        Create(ErrorKind.KeyState, "kms-key-state", "One principal keeps using keys in the wrong state", 200, TimeSpan.FromHours(1),
            "DisabledException, KMSInvalidStateException, KeyUnavailableException: somebody disabled a key that is in use (key-tampering tells who), or an application was not told."),
        Create(ErrorKind.Other, "kms-other-errors", "KMS answers one principal with many other errors", 200, TimeSpan.FromHours(1),
            "Malformed requests and faults of KMS itself."),
        Create(ErrorKind.Service, "kms-service-errors", "An AWS service meets many errors of KMS", 500, TimeSpan.FromHours(1),
            "Calls that an AWS service makes itself, by a service-linked role, or on somebody's behalf: AWS Config and Security Hub are refused wherever no key policy lets them in."),
    ];

    private static DetectionDefinition Create(ErrorKind kind, string id, string title, int threshold, TimeSpan window, string about) => new()
    {
        Id = id,
        Title = title,
        Severity = Severity.Low,
        Technique = "",
        About = $"{about} Neither kms-error-burst nor dry-run-probing counts these.",
        Why = "{principal} met {observed} such errors within {window} (fewer than {threshold} are allowed), last {operation} with {error} from {address}.",
        Tuning = "Shown and not told by default. Set Mode to On and a threshold that fits, where these errors are somebody's business.",
        Runbook = ["Read the evidence: which operation, which key, which error.", "Mend what causes it; if nobody knows it:", .. Reactions.FollowCredentials],
        Defaults = new(DetectionMode.DryRun, threshold, window),
        Select = observation => observation.IsKms && ErrorKinds.Of(observation) == kind ? Selection.By("principal", observation.Principal) : null,
    };
}
