using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Alarms.Silences;

/// <summary>Alarms that nobody is to be notified of for a while, chosen by a matcher.</summary>
/// <remarks>
/// It covers an alarm of which it covers all parties. An alarm that watches the audit path is covered only where the matcher names its detection in full,
/// and the making of such a silence is told: whoever wants to be unseen begins there.
/// </remarks>
/// <param name="Id">Its own.</param>
/// <param name="Matcher">Chooses the alarms.</param>
/// <param name="Starts">From when on.</param>
/// <param name="Ends">Until when.</param>
/// <param name="At">When it was made.</param>
/// <param name="By">Who made it.</param>
/// <param name="Reason">Why, in their words.</param>
internal sealed record MatchedSilence(string Id, AlarmMatcher Matcher, DateTimeOffset Starts, DateTimeOffset Ends, DateTimeOffset At, string By, string Reason)
{
    /// <summary>Who ended it before its time; null for nobody.</summary>
    public string? ExpiredBy { get; init; }

    public bool IsActive(DateTimeOffset now) => Starts <= now && now < Ends;

    /// <summary>Detections of the audit path that it covers, by id.</summary>
    public IEnumerable<string> AuditPath(DetectionCatalog catalog) =>
        Matcher.Detections.Where(id => catalog.Find(id) is { Definition: { WatchesAuditPath: true } definition } && definition.Id != SilencedWatch.Id);

    /// <summary>Tells whether it covers an alarm, at whatever time.</summary>
    public bool Covers(Alarm alarm, DetectionDefinition? definition)
    {
        if (alarm.Detection == SilencedWatch.Id || definition?.WatchesAuditPath == true && !Matcher.Detections.Contains(alarm.Detection, StringComparer.Ordinal))
            return false;
        return Matcher.Covers(AlarmSubject.Of(alarm, definition?.Severity ?? Severity.Low));
    }

    /// <summary>The same as a silence of one alarm.</summary>
    public Silence ToSilence() => new(Ends, At, By, Reason);
}
