using System.Data.Common;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Turns;

/// <summary>Adds up what is counted for good: the table <c>counter</c>.</summary>
internal sealed class Counters(SentinelMetrics metrics) : ITurnPart
{
    private readonly Dictionary<Counter, long> _counts = [];

    public bool IsReplayed => true;

    /// <summary>Counts mostly go with the records that are counted; a replay may have nothing else to write, and its report is made of them.</summary>
    public bool HasChanges => _counts.Values.Any(count => count > 0);

    public void Add(Counter counter, long count = 1) => _counts[counter] = _counts.GetValueOrDefault(counter) + count;

    public void Add(AttestationVerdict verdict) => Add(CounterNames.Of(verdict));

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => RowWriter.InsertAsync(
        transaction, "counter (name, value)", "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value",
        _counts.Select(counter => new object[] { counter.Key.ToString(), counter.Value }), cancellationToken);

    public void Committed()
    {
        metrics.Report(_counts);
        _counts.Clear();
    }
}
