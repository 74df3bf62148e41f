using System.IO.Enumeration;
using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A principal or a key that a detection judges otherwise.</summary>
/// <param name="Principal">The stable principal, with <c>*</c> and <c>?</c>; null for any.</param>
/// <param name="Key">The key's ARN, with <c>*</c> and <c>?</c>; null for any.</param>
/// <param name="Threshold">The threshold that holds instead; null: not counted at all.</param>
/// <param name="Until">Event time from which on the exception holds no more; null: for good.</param>
internal sealed record DetectionException(string? Principal, string? Key, int? Threshold, DateTimeOffset? Until)
{
    public bool Covers(Observation observation) =>
        !(observation.Record.EventTime >= Until)
        && (Principal is null || FileSystemName.MatchesSimpleExpression(Principal, observation.Principal, ignoreCase: false))
        && (Key is null || observation.Record.KeyArns.Any(arn => FileSystemName.MatchesSimpleExpression(Key, arn, ignoreCase: false)));
}

/// <summary>Records that a detection does not count, by a CloudWatch Logs filter pattern.</summary>
/// <param name="Pattern">Which records.</param>
/// <param name="Until">Event time from which on they count again; null: never.</param>
internal sealed record Suppression(FilterPattern Pattern, DateTimeOffset? Until)
{
    public bool Covers(Observation observation) => !(observation.Record.EventTime >= Until) && Pattern.Matches(observation.Record.Json.Span);
}
