using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>The dimensions by which calls are published: few, and each with few values, for CloudWatch bills each combination as a metric.</summary>
internal static class CallDimensions
{
    public const string Other = "Other";

    // What KMS does with keys; everything else, and what KMS learns to do, is Other.
    private static readonly HashSet<string> Operations =
    [
        "Decrypt", "Encrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
        "GenerateMac", "VerifyMac", "Sign", "Verify", "DeriveSharedSecret", "CreateGrant", "PutKeyPolicy", "DisableKey", "ScheduleKeyDeletion", "ImportKeyMaterial",
        "DescribeKey", "ListKeys",
    ];

    /// <summary>The combinations that a call counts for.</summary>
    /// <param name="observation">A call of KMS.</param>
    /// <param name="keys">The values of the keys that it used.</param>
    /// <param name="principal">The value of its principal.</param>
    public static IEnumerable<KeyValuePair<string, string>[]> Of(Observation observation, IEnumerable<string> keys, string principal)
    {
        var operation = Operations.Contains(observation.Record.EventName) ? observation.Record.EventName : Other;
        var outcome = OutcomeOf(observation.Record.ErrorCode);
        yield return [];
        yield return [new("Outcome", outcome)];
        yield return [new("Operation", operation), new("Outcome", outcome)];
        yield return [new("Principal", principal), new("Outcome", outcome)];
        foreach (var key in keys.Distinct())
            yield return [new("Key", key), new("Outcome", outcome)];
    }

    /// <summary>Success, Denied, Throttled or Failed.</summary>
    public static string OutcomeOf(string? errorCode) => errorCode switch
    {
        null => SeriesKey.Success,
        "AccessDenied" or "AccessDeniedException" => "Denied",
        "ThrottlingException" or "Throttling" or "LimitExceededException" => "Throttled",
        _ => "Failed",
    };

    /// <summary>A value as CloudWatch takes it: 1 to 1,024 ASCII characters, no control characters, no colon in front.</summary>
    public static string Value(string text)
    {
        var value = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?')).Trim();
        return value.Length == 0 ? "unknown" : value[0] == ':' ? "?" + value[1..Math.Min(value.Length, 1024)] : value[..Math.Min(value.Length, 1024)];
    }
}
