using KmsLab.Sentinel.Languages;
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
/// <param name="IsStored">The detail was written down as it happened, in English.</param>
public sealed record HealthLight(string Name, Health State, string Text, string? Detail = null, bool IsStored = false);

/// <summary>Reads from <c>/api/status</c> what people want to know first: does Sentinel see, and does the trail still tell?</summary>
/// <remarks>Late is what <c>delivery-silent</c> calls late: <c>Sentinel:Delivery:LateAfter</c>, and a canary's interval.</remarks>
internal sealed class HealthReading
{
    /// <summary>A guard that has not looked for so many of its intervals is one that does not look.</summary>
    private const int LooksMissed = 5;

    private readonly StatusAnswer _status;
    private readonly HealthOptions _options;
    private readonly Texts _texts;

    private HealthReading(StatusAnswer status, HealthOptions options, Texts texts) =>
        (_status, _options, _texts) = (status, options, texts);

    private TimeSpan Late => _options.Delivery.LateAfter + (_options.Canary.IsOn ? _options.Canary.Interval : TimeSpan.Zero);

    private bool StandsBy => _status.Loop.State == "standby";

    /// <summary>What the canary tells of what is read now; the event history's row is of the last time that it was needed.</summary>
    private IEnumerable<DeliveryStatus> Deliveries => _status.Delivery.Where(delivery => _status.Sources.Any(source => source.Name == delivery.Source));

    public static IReadOnlyList<HealthLight> Of(StatusAnswer status, int waiting, HealthOptions options, Texts texts)
    {
        var reading = new HealthReading(status, options, texts);
        return [reading.Alarms(waiting), reading.Sentinel(), reading.Source(), reading.Delivery(), reading.Canary(), reading.Trail(), .. reading.Notifications()];
    }

    /// <summary>The first reason why Sentinel does not see what it should; null while it works. Alarms and changes of the trail are no such reason.</summary>
    public static string? ProblemOf(StatusAnswer status, HealthOptions options)
    {
        var reading = new HealthReading(status, options, Texts.English);
        var canary = options.Canary.IsOn && reading.Canary() is { State: Health.Bad } bad ? bad : null;
        var light = new[] { reading.Sentinel(), reading.Source(), canary, reading.Delivery() }.OfType<HealthLight>().FirstOrDefault(light => light.State != Health.Good);
        return light is null ? null : $"{light.Name}: {light.Text}.{(light.Detail is { } detail ? $" {detail}" : "")}";
    }

    private HealthLight Alarms(int waiting) =>
        waiting == 0 ? Light("Alarms", Health.Good, "None") : Light("Alarms", Health.Bad, "Waiting", [waiting]);

    private HealthLight Sentinel() => _status.Loop switch
    {
        { Database: { } problem } => Stored("Sentinel", Health.Bad, "NoDatabase", problem),
        { State: "failing", Problem: var problem } => Stored("Sentinel", Health.Bad, "Failing", problem),
        { State: "standby" } => _status.Leadership.Leader is { } leader
            ? Light("Sentinel", Health.Good, "Standby", detail: [leader])
            : Light("Sentinel", Health.Bad, "NobodyLeads", detail: []),
        _ => Light("Sentinel", Health.Good, "Watching", detail: [Number(_status.Records.Counted), Number(_status.Records.Malformed)]),
    };

    private HealthLight Source()
    {
        if (_status.Sources.Count == 0)
            return Light("Source", Health.Bad, "None", detail: []);

        var worst = _status.Sources.MaxBy(source => Rank(source.State))!;
        var health = worst.State switch { "reading" or "standby" => Health.Good, "starting" => Health.Doubtful, _ => Health.Bad };
        return Stored("Source", health, worst.State, $"{worst.Name}{(worst.Problem is { } problem ? $": {problem}" : "")}");
    }

    private static int Rank(string state) => state switch { "failing" => 4, "waiting" => 3, "starting" => 2, _ => 1 };

    /// <summary>What the viewer can rely on is complete up to the watermark; how fast records travel, the canary says.</summary>
    private HealthLight Delivery()
    {
        if (_status.LagSeconds is not { } behind)
            return Light("Delivery", Health.Doubtful, "Unknown", detail: []);

        if (behind > (Late + _options.Turns.AllowedLateness).TotalSeconds)
            return Light("Delivery", Health.Bad, "Behind", [Span(behind)], [Span(behind)]);
        return Deliveries.Select(delivery => delivery.LagSeconds).Max() is { } lag
            ? Light("Delivery", Health.Good, "Measured", [Span(lag)], [Span(behind)])
            : Light("Delivery", Health.Good, "Unmeasured", [Span(behind)], []);
    }

    private HealthLight Canary()
    {
        if (_status.Canary is not { } canary)
            return Light("Canary", Health.Doubtful, "None", detail: []);
        if ((canary.Problem ?? canary.HistoryProblem) is { } problem)
            return Stored("Canary", Health.Bad, "CannotCall", problem);
        if (canary.LastCalledAt is not { } called)
            return Light("Canary", Health.Doubtful, "NotYet", detail: []);
        if (_status.Now - called > Late)
            return Light("Canary", Health.Bad, "Silent", detail: [Span((_status.Now - called).TotalSeconds)]);

        return Returned();
    }

    private HealthLight Returned()
    {
        var outstanding = Deliveries.Sum(delivery => delivery.Outstanding);
        var newest = Deliveries.Select(delivery => delivery.CompleteUntil).Min();
        if (outstanding > 0 && (newest is not { } seen || _status.Now - seen > Late))
            return Light("Canary", Health.Bad, "StaysOut", detail: [outstanding]);
        return Deliveries.Sum(delivery => delivery.Bypassed) is > 0 and var kept
            ? Light("Canary", Health.Doubtful, "Bypassed", detail: [kept])
            : Light("Canary", Health.Good, "Returns", detail: [outstanding]);
    }

    private HealthLight Trail() => _status.Guard switch
    {
        null => Light("Trail", Health.Doubtful, "Unwatched", detail: []),
        { Departures: [var first, ..] and { Count: var count } } =>
            Stored("Trail", Health.Bad, "Changed", first.Difference + (count > 1 ? $" {_texts["More", count - 1]}" : "")),
        { Problems: [var first, ..] } => Stored("Trail", Health.Doubtful, "Partly", first.Problem),
        { LastLookAt: null } when !StandsBy => Light("Trail", Health.Doubtful, "NotYet", detail: []),
        { LastLookAt: { } last } when _status.Now - last > _options.Guard.Interval * LooksMissed =>
            Light("Trail", Health.Doubtful, "NotLooked", detail: [Span((_status.Now - last).TotalSeconds)]),
        var guard => Light("Trail", Health.Good, "Logging", detail: [guard.Baseline.Count]),
    };

    /// <summary>Only what fails is worth a light.</summary>
    private IEnumerable<HealthLight> Notifications() => _status.Channels
        .Where(channel => channel.State == "failing")
        .Select(channel => Stored("Notifications", Health.Bad, "failing", $"{channel.Name}: {channel.Problem}"))
        .Take(1)
        .Concat(_status.Heartbeat is { State: "failing" or "withheld" } silent && !StandsBy ? [Stored("Heartbeat", Health.Bad, silent.State, silent.Problem)] : []);

    /// <summary>A light whose texts are resources.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="health">How good it is.</param>
    /// <param name="state">The state, which names the texts.</param>
    /// <param name="text">What the text's placeholders stand for.</param>
    /// <param name="detail">The same of the sentence behind it; null where there is no sentence.</param>
    private HealthLight Light(string name, Health health, string state, object?[]? text = null, object?[]? detail = null) =>
        new(_texts[$"Light.{name}"], health, _texts[$"Light.{name}.{state}", text ?? []], detail is null ? null : _texts[$"Light.{name}.{state}.Detail", detail]);

    private HealthLight Stored(string name, Health health, string state, string? detail) =>
        new(_texts[$"Light.{name}"], health, _texts[$"Light.{name}.{state}"], detail, IsStored: true);

    private string Span(double seconds) => _texts.Span(TimeSpan.FromSeconds(Math.Max(0, seconds)));

    private string Number(long? value) => value is { } number ? _texts.Number(number) : "?";
}
