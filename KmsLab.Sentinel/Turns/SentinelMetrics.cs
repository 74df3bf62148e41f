using System.Diagnostics.Metrics;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Leadership;

namespace KmsLab.Sentinel.Turns;

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

    public void Report(TurnSummary turn)
    {
        Count("ignored", turn.Ignored);
        Count("duplicate", turn.Duplicates);
    }

    /// <summary>What a turn has counted.</summary>
    public void Report(IReadOnlyDictionary<Counter, long> counters)
    {
        Count("counted", counters.GetValueOrDefault(Counter.Counted));
        Count("malformed", counters.GetValueOrDefault(Counter.Malformed));
        Count("late", counters.GetValueOrDefault(Counter.Late));
        Count("too_late", counters.GetValueOrDefault(Counter.TooLate));
        foreach (var verdict in Enum.GetValues<AttestationVerdict>())
            Attested(verdict, counters);
        Count("twin", counters.GetValueOrDefault(Counter.Twins));
        Count("unbelieved", counters.GetValueOrDefault(Counter.Unbelieved));
        Count("replaced", counters.GetValueOrDefault(Counter.Replaced));
    }

    public void AlarmChanged(string detection, string state) => _alarmChanges.Add(1, new("detection", detection), new("state", state));

    public void Delivered(string source, TimeSpan lag) => _deliveryLag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("source", source));

    public void SourceFailed(string source) => _failures.Add(1, new KeyValuePair<string, object?>("source", source));

    private void Attested(AttestationVerdict verdict, IReadOnlyDictionary<Counter, long> counters)
    {
        if (counters.GetValueOrDefault(CounterNames.Of(verdict)) is > 0 and var calls)
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
