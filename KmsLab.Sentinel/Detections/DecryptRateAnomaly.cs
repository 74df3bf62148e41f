using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A principal decrypts more than it normally does at that hour of the week.</summary>
/// <remarks>
/// Departures downward are not reported: an attacker gains nothing by reading less, an application that stands still is its operators' business, and a
/// trail that went quiet is what delivery-silent watches.
/// </remarks>
internal static class DecryptRateAnomaly
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "decrypt-rate-anomaly",
        Title = "One principal decrypts more than it normally does at that hour",
        Severity = Severity.High,
        Technique = "T1530",
        About = "The successful reads of one principal with one set (or key) in an hour, beside what that principal does at that hour of the week: a burst that is far below the fixed ceiling, at "
            + "night, or in the shadow of something that is busy elsewhere. It learns for 14 days before it says anything, and needs a least number of reads to speak up. It sees more, not less: "
            + "silence is delivery-silent's.",
        Why = "{principal} decrypted {observed} times with {set} in the {window} from {first}; {expected} would have been normal. Known from {basis}. Last from {address}.",
        Tuning = "Threshold is the least number of reads in a window that may fire, whatever is normal. Sentinel:Baselines:Deviations widens or narrows the band of all groups. A job that runs once a "
            + "month stays news every month: make an exception with a higher threshold for its principal. docs/baselines.md says how it learns and what was measured.",
        Runbook =
        [
            "Compare with the days before at the same hour: GET /api/baselines?set={set}&principal={principal}",
            "Has something been deployed, migrated or restored? Then it will be normal in some days, or sooner with an exception that has an end.",
            "Ask CryptoApi's GET /audit?requestId={requestId} which of its clients was behind the last call.",
            .. Reactions.FollowCredentials,
            "Nobody can explain it? Then stop the reads before asking on.",
            .. Reactions.StopPrincipal,
        ],
        Defaults = new(DetectionMode.On, Threshold: 50, Window: TimeSpan.FromHours(1)),
        IsRelative = true,
        IsAligned = true,
        Select = Select,
    };

    /// <summary>What AWS services do with other keys on somebody's behalf comes in bursts and is nobody's reading.</summary>
    private static Selection? Select(Observation observation) =>
        observation is { IsKms: true, Succeeded: true, Record.EventName: "Decrypt" } && (observation.Set is not null || observation.Record.Identity.InvokedBy is null)
            ? new(new DetectionGroup([new("set", observation.SetOrKey), new("principal", observation.Principal)]))
            : null;
}
