using KmsLab.Sentinel.Replay;
using KmsLab.Sentinel.Replay.Rates;

namespace KmsLab.Benchmarks.Ingest;

/// <summary><c>replay --rates</c>, as a library call: up to the counts, without printing them.</summary>
/// <param name="countsDuplicates">Whether it counts as a group-by does, or remembers each eventID.</param>
internal sealed class RatesContender(bool countsDuplicates) : IContender
{
    private RatesReport? _report;
    private RatesOutcome? _outcome;

    public long Count(string path)
    {
        var replay = new ReplayOptions(path, null, null, null, Json: false, Config: null)
        {
            Rates = true,
            CountsDuplicates = countsDuplicates,
        };
        _outcome = new RatesRun(replay).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        _report = null;
        return _outcome.Totals.Counted;
    }

    public IEnumerable<string> Groups()
    {
        _report ??= RatesReport.Of(_outcome!, new());
        return
            from series in _report.Series
            let rate = series.Rate
            from minute in series.Minutes
            select $"{rate.KeyArn}|{rate.Principal}|{rate.Operation}|{rate.Outcome}|{rate.Service}|{minute.Start:yyyy-MM-dd'T'HH:mm}|{minute.Calls}";
    }
}
