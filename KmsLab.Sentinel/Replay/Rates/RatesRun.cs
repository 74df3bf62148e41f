using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.FastPath;
using KmsLab.Sentinel.Sources.Files;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>What was counted.</summary>
/// <param name="Totals">What became of the records.</param>
/// <param name="Minutes">The calls of each minute, by minutes since the year 1.</param>
/// <param name="Names">The names that they are counted by.</param>
internal sealed record RatesOutcome(RateTotals Totals, IReadOnlyDictionary<int, CallCounts> Minutes, CallNames Names);

/// <summary>Counts the calls in files, on all cores.</summary>
/// <remarks>
/// A thread takes a file or a piece of a large one at a time, and counts by itself; at the end the counts are added up. Where records
/// were found that correct others, all is read once more, without those that they correct.
/// </remarks>
internal sealed class RatesRun(ReplayOptions replay, int? threads = null)
{
    private readonly int _threads = threads ?? Environment.ProcessorCount;

    /// <summary>How the reading went, or goes.</summary>
    public FileReport Report { get; private set; } = new();

    /// <summary>Counts.</summary>
    /// <exception cref="Sources.SourceAbsentException">There is nothing at the path.</exception>
    public async Task<RatesOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var files = FileSet.List(replay.Path);
        var pieces = FilePieces.Of(files);
        var (outcome, corrections) = await PassAsync(files, pieces, [], cancellationToken);
        return corrections.Count == 0 ? outcome : (await PassAsync(files, pieces, [.. corrections], cancellationToken)).Outcome;
    }

    private async Task<(RatesOutcome Outcome, IReadOnlySet<RecordId> Replaced)> PassAsync(
        IReadOnlyList<FileInfo> files, IReadOnlyList<FilePiece> pieces, HashSet<RecordId> replaced, CancellationToken cancellationToken)
    {
        Report = new() { Files = files.Count, Bytes = files.Sum(file => file.Length) };
        var pass = new RatePass(replay, new(), replay.CountsDuplicates ? null : new(), replaced);
        var queue = new PieceQueue(pieces, _threads);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counters = await Task.WhenAll(
            Enumerable.Range(0, _threads).Select(thread => Task.Run(() => CountAsync(thread, pass, queue, failed), failed.Token)));

        var totals = new RateTotals();
        foreach (var counter in counters)
            totals.Add(counter.Totals);
        return (new(totals, MinuteCounts.Merge([.. counters.Select(counter => counter.Minutes)]), pass.Names), pass.Corrections.Replaced);
    }

    private async Task<RateCounter> CountAsync(int thread, RatePass pass, PieceQueue queue, CancellationTokenSource failed)
    {
        var counter = new RateCounter(pass);
        var reader = new RateReader(counter);
        try
        {
            while (queue.Take(thread) is { } piece)
            {
                var layout = await reader.ReadAsync(piece, failed.Token);
                Report.Done(piece.Start.Path, layout, piece.Length, isFile: piece.IsLast);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }

        return counter;
    }
}
