using System.Globalization;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Api;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>How good something is.</summary>
public enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Not known yet, or to be looked at.</summary>
    Doubtful,

    /// <summary>Broken.</summary>
    Bad,
}

/// <summary>One light of the page's health strip.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="State">How good it is.</param>
/// <param name="Text">The same in a word or a number.</param>
/// <param name="Detail">What is behind it, in a sentence.</param>
public sealed record HealthLight(string Name, Health State, string Text, string? Detail = null);

/// <summary>Reads from <c>/api/status</c> what people want to know first: does Sentinel see, and does the trail still tell?</summary>
internal static class HealthReading
{
    public static IReadOnlyList<HealthLight> Of(StatusAnswer status, int openAlarms) =>
        [Alarms(openAlarms), Sentinel(status), Source(status), Delivery(status), Canary(status), Trail(status), .. Notifications(status)];

    private static HealthLight Alarms(int open) => open == 0 ? new("Alarms", Health.Good, "none") : new("Alarms", Health.Bad, $"{open} open");

    private static HealthLight Sentinel(StatusAnswer status) => status.Loop switch
    {
        { Database: { } problem } => new("Sentinel", Health.Bad, "no database", problem),
        { State: "failing", Problem: var problem } => new("Sentinel", Health.Bad, "failing", problem),
        { State: "standby" } => status.Leadership.Leader is { } leader
            ? new("Sentinel", Health.Good, "standby", $"{leader} leads.")
            : new("Sentinel", Health.Bad, "nobody leads", "No Sentinel holds the lease: nothing is read."),
        _ => new("Sentinel", Health.Good, "watching", $"{Number(status.Records.Counted)} records counted, {Number(status.Records.Malformed)} unreadable."),
    };

    private static HealthLight Source(StatusAnswer status)
    {
        if (status.Sources.Count == 0)
            return new("Source", Health.Bad, "none", "Nothing is read. Set Sentinel:LogGroups.");
        var worst = status.Sources.MaxBy(source => Rank(source.State))!;
        var health = worst.State switch { "reading" or "standby" => Health.Good, "starting" => Health.Doubtful, _ => Health.Bad };
        return new("Source", health, worst.State, $"{worst.Name}{(worst.Problem is { } problem ? $": {problem}" : "")}");
    }

    private static int Rank(string state) => state switch { "failing" => 4, "waiting" => 3, "starting" => 2, _ => 1 };

    /// <summary>The lag of what is known to be complete says what the viewer can rely on; the canary's says how fast records travel.</summary>
    private static HealthLight Delivery(StatusAnswer status)
    {
        var lag = status.Delivery.Select(delivery => delivery.LagSeconds).Max();
        return (lag, status.LagSeconds) switch
        {
            ({ } seconds, var complete) => new("Delivery lag", Health.Good, Span(seconds), complete is { } behind ? $"Complete up to {Span(behind)} ago." : null),
            (null, { } behind) => new("Delivery lag", Health.Good, Span(behind), "Behind the clock, as the reads say; no canary measures it."),
            _ => new("Delivery lag", Health.Doubtful, "not known yet", "The first complete read is yet to come."),
        };
    }

    private static HealthLight Canary(StatusAnswer status)
    {
        if (status.Canary is not { } canary)
            return new("Canary", Health.Doubtful, "none", "Set Sentinel:Canary:KeyId, and a trail that goes blind is noticed.");
        if ((canary.Problem ?? canary.HistoryProblem) is { } problem)
            return new("Canary", Health.Bad, "can't call", problem);

        var outstanding = status.Delivery.Sum(delivery => delivery.Outstanding);
        var bypassed = status.Delivery.Sum(delivery => delivery.Bypassed);
        return bypassed > 0
            ? new("Canary", Health.Bad, "kept back", $"{bypassed} calls stand in the event history and not in what is read: the trail is blinded.")
            : canary.LastCalledAt is null
                ? new("Canary", Health.Doubtful, "not yet", "The first call is yet to come.")
                : new("Canary", Health.Good, "comes back", $"{outstanding} on their way.");
    }

    private static HealthLight Trail(StatusAnswer status) => status.Guard switch
    {
        null => new("Trail", Health.Doubtful, "not watched", "Sentinel:Guard is off."),
        { Departures: [var first, ..] and { Count: var count } } => new("Trail", Health.Bad, "changed", first.Difference + (count > 1 ? $" And {count - 1} more." : "")),
        { Problems: [var first, ..] } => new("Trail", Health.Doubtful, "partly seen", first.Problem),
        { LastLookAt: null } when status.Loop.State != "standby" => new("Trail", Health.Doubtful, "not yet", "The first look is yet to come."),
        var guard => new("Trail", Health.Good, "logging", $"{guard.Baseline.Count} settings are as they were accepted."),
    };

    /// <summary>Only what fails is worth a light.</summary>
    private static IEnumerable<HealthLight> Notifications(StatusAnswer status) => status.Channels
        .Where(channel => channel.State == "failing")
        .Select(channel => new HealthLight("Notifications", Health.Bad, "failing", $"{channel.Name}: {channel.Problem}"))
        .Take(1);

    private static string Span(double seconds) => AlarmText.Span(TimeSpan.FromSeconds(Math.Max(0, seconds)));

    private static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";
}
