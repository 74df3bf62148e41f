using System.Globalization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.TrailHealth.Canary;

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
/// <remarks>Late is what <c>delivery-silent</c> calls late: <c>Sentinel:Delivery:LateAfter</c>, and a canary's interval.</remarks>
internal sealed class HealthReading
{
    /// <summary>A guard that has not looked for so many of its intervals is one that does not look.</summary>
    private const int LooksMissed = 5;

    private readonly StatusAnswer _status;
    private readonly HealthOptions _options;

    private HealthReading(StatusAnswer status, HealthOptions options) => (_status, _options) = (status, options);

    private TimeSpan Late => _options.Delivery.LateAfter + (_options.Canary.IsOn ? _options.Canary.Interval : TimeSpan.Zero);

    private bool StandsBy => _status.Loop.State == "standby";

    /// <summary>What the canary tells of what is read now; the event history's row is of the last time that it was needed.</summary>
    private IEnumerable<DeliveryStatus> Deliveries => _status.Delivery.Where(delivery => _status.Sources.Any(source => source.Name == delivery.Source));

    public static IReadOnlyList<HealthLight> Of(StatusAnswer status, int waiting, HealthOptions options)
    {
        var reading = new HealthReading(status, options);
        return [Alarms(waiting), reading.Sentinel(), reading.Source(), reading.Delivery(), reading.Canary(), reading.Trail(), .. reading.Notifications()];
    }

    /// <summary>The first reason why Sentinel does not see what it should; null while it works. Alarms and changes of the trail are no such reason.</summary>
    public static string? ProblemOf(StatusAnswer status, HealthOptions options)
    {
        var reading = new HealthReading(status, options);
        var canary = options.Canary.IsOn && reading.Canary() is { State: Health.Bad } bad ? bad : null;
        var light = new[] { reading.Sentinel(), reading.Source(), canary, reading.Delivery() }.OfType<HealthLight>().FirstOrDefault(light => light.State != Health.Good);
        return light is null ? null : $"{light.Name}: {light.Text}.{(light.Detail is { } detail ? $" {detail}" : "")}";
    }

    private static HealthLight Alarms(int waiting) => waiting == 0 ? new("Alarms", Health.Good, "none") : new("Alarms", Health.Bad, $"{waiting} to look at");

    private HealthLight Sentinel() => _status.Loop switch
    {
        { Database: { } problem } => new("Sentinel", Health.Bad, "no database", problem),
        { State: "failing", Problem: var problem } => new("Sentinel", Health.Bad, "failing", problem),
        { State: "standby" } => _status.Leadership.Leader is { } leader
            ? new("Sentinel", Health.Good, "standby", $"{leader} leads.")
            : new("Sentinel", Health.Bad, "nobody leads", "No Sentinel holds the lease: nothing is read."),
        _ => new("Sentinel", Health.Good, "watching", $"{Number(_status.Records.Counted)} records counted, {Number(_status.Records.Malformed)} unreadable."),
    };

    private HealthLight Source()
    {
        if (_status.Sources.Count == 0)
            return new("Source", Health.Bad, "none", "Nothing is read. Set Sentinel:LogGroups.");

        var worst = _status.Sources.MaxBy(source => Rank(source.State))!;
        var health = worst.State switch { "reading" or "standby" => Health.Good, "starting" => Health.Doubtful, _ => Health.Bad };
        return new("Source", health, worst.State, $"{worst.Name}{(worst.Problem is { } problem ? $": {problem}" : "")}");
    }

    private static int Rank(string state) => state switch { "failing" => 4, "waiting" => 3, "starting" => 2, _ => 1 };

    /// <summary>What the viewer can rely on is complete up to the watermark; how fast records travel, the canary says.</summary>
    private HealthLight Delivery()
    {
        if (_status.LagSeconds is not { } behind)
            return new("Delivery lag", Health.Doubtful, "not known yet", "The first complete read is yet to come.");

        var complete = $"Complete up to {Span(behind)} ago.";
        if (behind > (Late + _options.Turns.AllowedLateness).TotalSeconds)
            return new("Delivery lag", Health.Bad, Span(behind), $"{complete} What happened since then is not known.");
        return Deliveries.Select(delivery => delivery.LagSeconds).Max() is { } lag
            ? new("Delivery lag", Health.Good, Span(lag), complete)
            : new("Delivery lag", Health.Good, Span(behind), "Behind the clock, as the reads say; no canary measures it.");
    }

    private HealthLight Canary()
    {
        if (_status.Canary is not { } canary)
            return new("Canary", Health.Doubtful, "none", "Set Sentinel:Canary:KeyId, and a trail that goes blind is noticed.");
        if ((canary.Problem ?? canary.HistoryProblem) is { } problem)
            return new("Canary", Health.Bad, "can't call", problem);
        if (canary.LastCalledAt is not { } called)
            return new("Canary", Health.Doubtful, "not yet", "The first call is yet to come.");
        if (_status.Now - called > Late)
            return new("Canary", Health.Bad, "silent", $"The last call was made {Span((_status.Now - called).TotalSeconds)} ago.");

        return Returned();
    }

    private HealthLight Returned()
    {
        var outstanding = Deliveries.Sum(delivery => delivery.Outstanding);
        var newest = Deliveries.Select(delivery => delivery.CompleteUntil).Min();
        if (outstanding > 0 && (newest is not { } seen || _status.Now - seen > Late))
            return new("Canary", Health.Bad, "stays out", $"{outstanding} calls were made, and their records don't come: the trail is late, or cut.");
        return Deliveries.Sum(delivery => delivery.Bypassed) is > 0 and var kept
            ? new("Canary", Health.Doubtful, "comes back", $"{kept} earlier calls were kept from the trail.")
            : new("Canary", Health.Good, "comes back", $"{outstanding} on their way.");
    }

    private HealthLight Trail() => _status.Guard switch
    {
        null => new("Trail", Health.Doubtful, "not watched", "Sentinel:Guard is off."),
        { Departures: [var first, ..] and { Count: var count } } => new("Trail", Health.Bad, "changed", first.Difference + (count > 1 ? $" And {count - 1} more." : "")),
        { Problems: [var first, ..] } => new("Trail", Health.Doubtful, "partly seen", first.Problem),
        { LastLookAt: null } when !StandsBy => new("Trail", Health.Doubtful, "not yet", "The first look is yet to come."),
        { LastLookAt: { } last } when _status.Now - last > _options.Guard.Interval * LooksMissed =>
            new("Trail", Health.Doubtful, "not looked at", $"The last look was {Span((_status.Now - last).TotalSeconds)} ago."),
        var guard => new("Trail", Health.Good, "logging", $"{guard.Baseline.Count} settings are as they were accepted."),
    };

    /// <summary>Only what fails is worth a light.</summary>
    private IEnumerable<HealthLight> Notifications() => _status.Channels
        .Where(channel => channel.State == "failing")
        .Select(channel => new HealthLight("Notifications", Health.Bad, "failing", $"{channel.Name}: {channel.Problem}"))
        .Take(1)
        .Concat(_status.Heartbeat is { State: "failing" or "withheld" } silent && !StandsBy ? [new("Heartbeat", Health.Bad, silent.State, silent.Problem)] : []);

    private static string Span(double seconds) => Wording.Span(TimeSpan.FromSeconds(Math.Max(0, seconds)));

    private static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";
}
