using System.Diagnostics.Metrics;
using KmsLab.Sentinel.Alarms;

namespace KmsLab.Sentinel.Publishing;

/// <summary>The instruments <c>kmslab.sentinel.delivery.*</c>: what leaves, by channel.</summary>
internal sealed class PublishingMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _gaveUp;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _commands;

    public PublishingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(SentinelMetrics.MeterName);
        _attempts = meter.CreateCounter<long>("kmslab.sentinel.delivery.attempts", "{attempt}", "Attempts to send a notification, by channel and outcome: sent, failed (tried again) or refused (given up).");
        _gaveUp = meter.CreateCounter<long>("kmslab.sentinel.delivery.gave_up", "{notification}", "Notifications that were refused or grew too old, by channel.");
        _duration = meter.CreateHistogram<double>("kmslab.sentinel.delivery.duration", "s", "How long an attempt takes, by channel.");
        _commands = meter.CreateCounter<long>("kmslab.sentinel.alarm.commands", "{command}", "What people asked for, by kind: acknowledge, silence or unsilence.");
    }

    public void Attempted(string channel, SendOutcomeKind outcome, TimeSpan took)
    {
        _attempts.Add(1, new("channel", channel), new("outcome", outcome.ToString().ToLowerInvariant()));
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("channel", channel));
    }

    public void Commanded(AlarmCommandKind kind) => _commands.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString().ToLowerInvariant()));

    public void GaveUp(string channel) => _gaveUp.Add(1, new KeyValuePair<string, object?>("channel", channel));
}
