using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>
/// While a source is silent, detection goes on from CloudTrail's event history, which nobody can filter or stop. What the source brings later is known by
/// its eventID and counts once.
/// </summary>
internal sealed partial class HistoryJob(
    Pipeline pipeline, HistoryFeed feed, CanaryWatch watch, CanaryState state, DeliveryOptions options, TimeProvider time, ILogger<HistoryJob> logger) : IJob
{
    private const int PagesACall = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly BackgroundCall<(List<IReadOnlyList<SourceEvent>> Pages, bool IsLast)> _pending = new(Patience, time);
    private readonly FailureStreak _streak = new();
    private IAsyncEnumerator<IReadOnlyList<SourceEvent>>? _reading;
    private DateTimeOffset _startedAt;
    private DateTimeOffset _nextAt;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!watch.MayUseHistory)
            return;

        if (await NextAsync() is var (pages, isLast))
            await TakeAsync(pages, isLast, cancellationToken);
        if (!_pending.IsOut)
            await ReadOnAsync(cancellationToken);
    }

    private async Task<(List<IReadOnlyList<SourceEvent>> Pages, bool IsLast)?> NextAsync()
    {
        try
        {
            return _pending.TryTake(out var read) ? read : null;
        }
        // It was under way when this Sentinel stopped leading, and leads again.
        catch (OperationCanceledException)
        {
            await AbandonAsync();
            return null;
        }
        // The edge: whatever went wrong with AWS, the event history is asked again after a pause; status and delivery-silent say that it could not be.
        catch (Exception problem)
        {
            Failed(problem);
            await AbandonAsync();
            return null;
        }
    }

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_reading is null)
        {
            if (now < _nextAt || await watch.HistoryNeededFromAsync(cancellationToken) is not { } from)
                return;

            _startedAt = now;
            _reading = feed.ReadAsync(state.KeyArn, from, cancellationToken).GetAsyncEnumerator(cancellationToken);
            Log.Reading(logger, from);
        }

        var reading = _reading;
        _pending.Start(_ => ReadAsync(reading), cancellationToken);
    }

    private static async Task<(List<IReadOnlyList<SourceEvent>> Pages, bool IsLast)> ReadAsync(IAsyncEnumerator<IReadOnlyList<SourceEvent>> reading)
    {
        var pages = new List<IReadOnlyList<SourceEvent>>();
        while (pages.Count < PagesACall)
        {
            if (!await reading.MoveNextAsync())
                return (pages, true);
            pages.Add(reading.Current);
        }

        return (pages, false);
    }

    private async Task TakeAsync(List<IReadOnlyList<SourceEvent>> pages, bool isLast, CancellationToken cancellationToken)
    {
        foreach (var page in pages)
            await pipeline.TakeAsync(new Turn.Page(CanaryStore.History, page), cancellationToken);
        _streak.Ended();
        state.HistoryProblem = null;
        if (!isLast)
            return;

        await pipeline.TakeAsync(new Turn.ReadEnd(CanaryStore.History, _startedAt), cancellationToken);
        _nextAt = time.GetUtcNow() + options.LookInterval;
        await AbandonAsync();
    }

    private void Failed(Exception problem)
    {
        _nextAt = time.GetUtcNow() + _streak.Failed();
        state.HistoryProblem = problem is Amazon.Runtime.AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" }
            ? "cloudtrail:LookupEvents is denied to Sentinel: allow it to its role"
            : $"{problem.GetType().Name}: {problem.Message}";
        if (_streak.Length == 1)
            Log.Failed(logger, state.HistoryProblem);
    }

    private async Task AbandonAsync()
    {
        if (_reading is not null)
            await _reading.DisposeAsync();
        _reading = null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A source is silent: reading CloudTrail's event history from {From}")]
        public static partial void Reading(ILogger logger, DateTimeOffset from);

        [LoggerMessage(Level = LogLevel.Warning, Message = "CloudTrail's event history can't be read; trying again with growing pauses: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);
    }
}
