namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody silenced what watches the audit path. Found by Sentinel itself, not by a record; no silence covers it.</summary>
internal static class SilencedWatch
{
    public const string Id = "audit-path-silenced";

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "Alarms that watch the audit path were silenced",
        Severity = Severity.High,
        Technique = "T1562.001",
        About = "Somebody who may use Sentinel's page or API silenced alarms of the detections that watch the audit path. Then a trail that is cut, records that stay out or are forged are shown and told to nobody. "
            + "It may be planned work. It may also be the first step of whoever is about to cut the trail, so it is told, and cannot itself be silenced.",
        Why = "{detail}.",
        Tuning = "Nothing to tune: do planned work on the trail without a silence, or expect this alarm with it. Mode switches it off.",
        Runbook =
        [
            "Ask whoever made the silence, by another way than e-mail or chat of the same account: did they, and why?",
            "If they did not: end it on Sentinel's page under Silences, change the key or login that made it, and look at what the silenced alarms say meanwhile.",
            "Sentinel's page shows silenced alarms as ever: nothing that was found is lost.",
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(5)),
        Clock = Clock.Wall,
        WatchesAuditPath = true,
        Select = _ => null,
    };
}
