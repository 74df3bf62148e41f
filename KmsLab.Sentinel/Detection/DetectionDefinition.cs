using System.Text.Json.Serialization;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Detection;

/// <summary>How bad it is when a detection fires.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
internal enum Severity
{
    [JsonStringEnumMemberName("low")] Low,
    [JsonStringEnumMemberName("medium")] Medium,
    [JsonStringEnumMemberName("high")] High,
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>What a detection does.</summary>
internal enum DetectionMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Its alarms are recorded and shown, and nobody is notified.</summary>
    DryRun,

    /// <summary>Its alarms are recorded and notified.</summary>
    On,
}

/// <summary>What may be tuned: it fires when a group has <paramref name="Threshold"/> records in any span shorter than <paramref name="Window"/>.</summary>
internal sealed record DetectionSettings(DetectionMode Mode, int Threshold, TimeSpan Window);

/// <summary>
/// A detection: a pure choice of records, and what people need to know about it. The engine counts what it selects in sliding windows of
/// event time and raises an alarm for each group that reaches the threshold; a detection with threshold 1 fires at the first record.
/// </summary>
/// <param name="Id">Its name in configuration and alarms, such as <c>kms-error-burst</c>.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Technique">The ATT&amp;CK technique, such as <c>T1110</c>.</param>
/// <param name="Runbook">What to do, one step a line.</param>
/// <param name="Defaults">Settings where the configuration says nothing.</param>
/// <param name="Select">The group that a record counts for, or null if it does not concern the detection. Pure.</param>
internal sealed record DetectionDefinition(
    string Id,
    string Title,
    Severity Severity,
    string Technique,
    IReadOnlyList<string> Runbook,
    DetectionSettings Defaults,
    Func<CloudTrailRecord, DetectionGroup?> Select);
