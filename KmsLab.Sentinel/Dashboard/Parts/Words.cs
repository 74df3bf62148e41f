using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>Names verdicts, states and rules for people.</summary>
internal static class Words
{
    public static string Of(Texts texts, Verdict verdict) => texts[$"Verdict.{verdict}"];

    public static string? Of(Texts texts, AttestationVerdict? verdict) => verdict is null ? null : texts[$"Attestation.{verdict}"];

    /// <summary>When a detection fires, such as <c>2 records within 60 s</c>.</summary>
    public static string RuleOf(Texts texts, ConfiguredDetection? detection, string english) =>
        detection is null ? english : DetectionRule.Of(detection.Definition, detection.Settings, texts);

    /// <summary>The state of an alarm: firing, ended, or not known.</summary>
    public static string StateOf(Texts texts, AlarmAnswer alarm) => texts[alarm switch
    {
        { Ended: true, Attention: Attention.Needed } => "State.Unseen",
        { Ended: true } => "State.Ended",
        { State: AlarmState.InsufficientData } => "State.InsufficientData",
        _ => "State.Firing",
    }];
}
