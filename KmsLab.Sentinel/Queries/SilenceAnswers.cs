using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Queries;

/// <summary>A silence as <c>/api/silences</c> answers it.</summary>
/// <param name="Id">Its own.</param>
/// <param name="State"><c>pending</c>, <c>active</c> or <c>expired</c>.</param>
/// <param name="Matcher">Chooses the alarms.</param>
/// <param name="Starts">From when on.</param>
/// <param name="Ends">Until when.</param>
/// <param name="At">When it was made.</param>
/// <param name="By">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="ExpiredBy">Who ended it before its time.</param>
/// <param name="AuditPath">Detections of the audit path that it covers: that was told.</param>
public sealed record SilenceAnswer(
    string Id, string State, AlarmMatcher Matcher, DateTimeOffset Starts, DateTimeOffset Ends, DateTimeOffset At, string By, string Reason, string? ExpiredBy, IReadOnlyList<string> AuditPath)
{
    internal static SilenceAnswer Of(MatchedSilence silence, DetectionCatalog catalog, DateTimeOffset now) => new(
        silence.Id, silence.Ends <= now ? "expired" : silence.Starts > now ? "pending" : "active", silence.Matcher, silence.Starts, silence.Ends, silence.At, silence.By, silence.Reason,
        silence.ExpiredBy, [.. silence.AuditPath(catalog)]);
}

/// <summary>Alarms that a silence would cover, of those that are kept.</summary>
/// <param name="Alarms">How many are kept.</param>
/// <param name="Covered">Those that it would cover, the latest change first.</param>
/// <param name="AuditPath">Detections of the audit path that it would cover: that will be told.</param>
internal sealed record SilencePreview(int Alarms, IReadOnlyList<CoveredAlarm> Covered, IReadOnlyList<string> AuditPath);

/// <summary>An alarm that a silence would cover.</summary>
internal sealed record CoveredAlarm(string Id, string Detection, string Title, Severity Severity, bool Ended, DateTimeOffset LastSeen);
