using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>One principal decrypts with one key more often than anybody should: the fixed ceiling under which the learned one works.</summary>
internal static class DecryptRateThreshold
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "decrypt-rate-threshold",
        Title = "One principal decrypts with one key faster than allowed",
        Severity = Severity.High,
        Technique = "T1530",
        About = "A fixed ceiling on successful reads by one principal with one key or set, whoever makes them: it needs no history and knows no habits.",
        Why = "{principal} decrypted {observed} times with {set} within {window}; fewer than {threshold} are allowed. Last from {address}.",
        Tuning = "Set the threshold above the busiest hour that the application ever has, or make an exception for the principal that is busy by trade.",
        Runbook =
        [
            "Is a batch running that reads everything? Then make an exception for its principal, with an end.",
            "Otherwise somebody copies the data out: stop the credentials first, then ask who had them.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 3000, Window: TimeSpan.FromMinutes(5)),
        Select = Select,
    };

    private static Selection? Select(Observation observation) => observation is { IsKms: true, Succeeded: true, Record.EventName: "Decrypt" }
        ? new(new DetectionGroup([new("set", observation.SetOrKey), new("principal", observation.Principal)]))
        : null;
}
