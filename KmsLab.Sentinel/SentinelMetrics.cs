using System.Diagnostics.Metrics;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.State;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel;

/// <summary>The instruments <c>kmslab.sentinel.*</c>. No key or principal is a dimension: their number has no bound.</summary>
internal sealed class SentinelMetrics
{
    public const string MeterName = "KmsLab.Sentinel";

    private readonly Counter<long> _records;
    private readonly Counter<long> _attestations;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _alarmChanges;
    private readonly Histogram<double> _deliveryLag;

    public SentinelMetrics(IMeterFactory meters, SentinelStatus status, LeaderStatus leader, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _attestations = meter.CreateCounter<long>("kmslab.sentinel.attestations", "{call}", "Cryptographic calls on protected keys by what their proof said.");
        _records = meter.CreateCounter<long>("kmslab.sentinel.records", "{record}", "Records by what became of them: counted, duplicate, malformed, late (and counted), too_late, replaced or ignored.");
        _failures = meter.CreateCounter<long>("kmslab.sentinel.source.failures", "{failure}", "Failed reads by source.");
        _alarmChanges = meter.CreateCounter<long>("kmslab.sentinel.alarm.changes", "{change}", "Announced changes of alarms by detection and new state.");
        meter.CreateObservableGauge(
            "kmslab.sentinel.leading",
            () => leader.Current is null ? 0 : 1,
            "{leader}",
            "1 while this process leads, 0 while it stands by: over all processes the sum is 1.");
        _deliveryLag = meter.CreateHistogram<double>("kmslab.sentinel.delivery.lag", "s", "From a canary call to the sight of its record, by source.");
        meter.CreateObservableGauge("kmslab.sentinel.watermark.lag", () => Lag(status, time), "s", "How far the watermark is behind the clock.");
    }

    public void Report(TurnSummary turn, TurnChanges changes)
    {
        Count("ignored", turn.Ignored);
        Count("duplicate", turn.Duplicates);
        Count("counted", changes.Counters.GetValueOrDefault(State.Counter.Counted));
        Count("malformed", changes.Counters.GetValueOrDefault(State.Counter.Malformed));
        Count("late", changes.Counters.GetValueOrDefault(State.Counter.Late));
        Count("too_late", changes.Counters.GetValueOrDefault(State.Counter.TooLate));
        foreach (var verdict in Enum.GetValues<AttestationVerdict>())
            Attested(verdict, changes);
        Count("replaced", changes.Counters.GetValueOrDefault(State.Counter.Replaced));
        foreach (var (notification, _) in changes.Outbox)
            _alarmChanges.Add(1, new("detection", notification.Detection), new("state", notification.State.ToString()));
    }

    public void Delivered(string source, TimeSpan lag) => _deliveryLag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("source", source));

    public void SourceFailed(string source) => _failures.Add(1, new KeyValuePair<string, object?>("source", source));

    private void Attested(AttestationVerdict verdict, TurnChanges changes)
    {
        if (changes.Counters.GetValueOrDefault(TurnChanges.CounterOf(verdict)) is > 0 and var calls)
            _attestations.Add(calls, new KeyValuePair<string, object?>("verdict", verdict.ToString()));
    }

    private void Count(string result, long records)
    {
        if (records > 0)
            _records.Add(records, new KeyValuePair<string, object?>("result", result));
    }

    private static IEnumerable<Measurement<double>> Lag(SentinelStatus status, TimeProvider time) =>
        status.Watermark is { Known: { } known } ? [new((time.GetUtcNow() - known).TotalSeconds)] : [];
}
