using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Queries;

/// <summary>A detection as this Sentinel runs it: what <c>/api/detections</c> answers. <c>window</c> is in seconds.</summary>
/// <param name="Id">Its name in the configuration and in alarms.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Technique">The ATT&amp;CK technique; empty where none fits.</param>
/// <param name="Mode"><c>Off</c>, <c>DryRun</c> or <c>On</c>.</param>
/// <param name="Threshold">What fires.</param>
/// <param name="Window">Within this time.</param>
/// <param name="Rule">The same in words, such as <c>2 records within 60 s</c>.</param>
/// <param name="About">What it catches and why that matters.</param>
/// <param name="Tuning">How to tune it.</param>
/// <param name="IsCustom">Whether it is a rule of this installation.</param>
/// <param name="OpenAlarms">Alarms whose occurrence is not over.</param>
/// <param name="Fired">Occurrences that the alarms and their history still know.</param>
/// <param name="LastFired">When the latest of them began.</param>
public sealed record DetectionAnswer(
    string Id,
    string Title,
    Severity Severity,
    string Technique,
    string Mode,
    long Threshold,
    TimeSpan Window,
    string Rule,
    string About,
    string Tuning,
    bool IsCustom,
    int OpenAlarms,
    long Fired,
    DateTimeOffset? LastFired);
