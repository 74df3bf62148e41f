using System.Diagnostics.Metrics;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Publishing;

/// <summary>The instruments <c>kmslab.sentinel.delivery.*</c>: what leaves, by channel.</summary>
internal sealed class PublishingMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _gaveUp;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _points;
    private volatile Vitals? _vitals;

    public PublishingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(SentinelMetrics.MeterName);
        _attempts = meter.CreateCounter<long>("kmslab.sentinel.delivery.attempts", "{attempt}", "Attempts to send a notification, by channel and outcome: sent, failed (tried again) or refused (given up).");
        _gaveUp = meter.CreateCounter<long>("kmslab.sentinel.delivery.gave_up", "{notification}", "Notifications that were refused or grew too old, by channel.");
        _duration = meter.CreateHistogram<double>("kmslab.sentinel.delivery.duration", "s", "How long an attempt takes, by channel.");
        _commands = meter.CreateCounter<long>("kmslab.sentinel.alarm.commands", "{command}", "What people asked for, by kind: acknowledge, silence or unsilence.");
        _points = meter.CreateCounter<long>("kmslab.sentinel.cloudwatch.points", "{point}", "Data points for CloudWatch by what became of them: sent, or dropped for their age.");
        meter.CreateObservableGauge("kmslab.sentinel.alarms.firing", Firing, "{alarm}", "Alarms whose occurrence is not over, by severity.");
        meter.CreateObservableGauge("kmslab.sentinel.delivery.pending", Pending, "{notification}", "Notifications that are not sent yet, by channel.");
        meter.CreateObservableGauge("kmslab.sentinel.delivery.oldest", Oldest, "s", "For how long the oldest notification that is not sent has waited.");
    }

    /// <summary>What the gauges show; null on a Sentinel that never led.</summary>
    public Vitals? Vitals
    {
        set => _vitals = value;
    }

    public void Attempted(string channel, SendOutcomeKind outcome, TimeSpan took)
    {
        _attempts.Add(1, new("channel", channel), new("outcome", outcome.ToString().ToLowerInvariant()));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("channel", channel));
    }

    public void Commanded(AlarmCommandKind kind) => _commands.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString().ToLowerInvariant()));

    public void PointsSent(int points) => _points.Add(points, new KeyValuePair<string, object?>("result", "sent"));

    public void PointsDropped(int points)
    {
        if (points > 0)
            _points.Add(points, new KeyValuePair<string, object?>("result", "dropped"));
    }

    public void GaveUp(string channel) => _gaveUp.Add(1, new KeyValuePair<string, object?>("channel", channel));

    private IEnumerable<Measurement<int>> Firing() => _vitals is { } vitals
        ? Enum.GetValues<Severity>().Select(severity => new Measurement<int>(vitals.Firing.GetValueOrDefault(severity), new KeyValuePair<string, object?>("severity", severity.ToString().ToLowerInvariant())))
        : [];

    private IEnumerable<Measurement<long>> Pending() =>
        _vitals?.Pending.Select(channel => new Measurement<long>(channel.Value, new KeyValuePair<string, object?>("channel", channel.Key))) ?? [];

    private IEnumerable<Measurement<double>> Oldest() => _vitals is { } vitals ? [new(vitals.OldestPending.TotalSeconds)] : [];
}
