using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Ingest;

/// <summary>Reads one source again and again: its head each time, further back at start and after a gap, and not at all while it backs off.</summary>
internal sealed partial class SourceReader(
    IRecordSource source, Pipeline pipeline, IOptions<SentinelOptions> options, TimeProvider time, SentinelStatus status, SentinelMetrics metrics, ILogger<SourceReader> logger)
{
    private readonly SentinelOptions _options = options.Value;
    private readonly FailureStreak _streak = new();
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private bool _swept;
    private SourceState _said = SourceState.Starting;

    /// <summary>Reads the source once, unless it backs off. Its failures end here, reported; only our own cancellation leaves.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _notBefore)
            return;

        try
        {
            await ReadOnceAsync(now, cancellationToken);
            Succeeded(now);
        }
        // Whatever goes wrong once we are told to stop comes of stopping.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (SourceAbsentException absent)
        {
            Absent(absent, now);
        }
        // The edge of the loop: whatever went wrong with this source, the others must be read and this one tried again.
        catch (Exception problem)
        {
            Failed(problem, now);
        }
    }

    private async Task ReadOnceAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = now - LookBack(now, await pipeline.LastCompleteReadAsync(source.Name, cancellationToken));
        await foreach (var page in source.ReadAsync(from, cancellationToken))
            await pipeline.TakeAsync(new Turn(source.Name, page, null), cancellationToken);
        await pipeline.TakeAsync(new Turn(source.Name, [], now), cancellationToken);
    }

    /// <summary>The head; with a gap since the last complete read, that as well; and the whole sweep in this process's first read.</summary>
    private TimeSpan LookBack(DateTimeOffset now, DateTimeOffset? lastCompleteRead)
    {
        if (!_swept || lastCompleteRead is null)
            return _options.SweepWindow;

        var gap = now - lastCompleteRead.Value;
        var lookBack = gap < _options.HeadWindow / 2 ? _options.HeadWindow : _options.HeadWindow + gap;
        return lookBack < _options.SweepWindow ? lookBack : _options.SweepWindow;
    }

    private void Succeeded(DateTimeOffset now)
    {
        _swept = true;
        _streak.Ended();
        status.Report(source.Name, last => last with { State = SourceState.Reading, LastAttempt = now, LastCompleteRead = now, FailuresInARow = 0, Problem = null });
        if (_said != SourceState.Reading)
            Log.Reading(logger, source.Name);
        _said = SourceState.Reading;
    }

    private void Absent(SourceAbsentException absent, DateTimeOffset now)
    {
        _streak.Ended();
        status.Report(source.Name, last => last with { State = SourceState.Waiting, LastAttempt = now, FailuresInARow = 0, Problem = absent.Message });
        if (_said != SourceState.Waiting)
            Log.Waiting(logger, source.Name, absent.Message);
        _said = SourceState.Waiting;
    }

    private void Failed(Exception problem, DateTimeOffset now)
    {
        var delay = _streak.Failed();
        _notBefore = time.GetUtcNow() + delay;
        metrics.SourceFailed(source.Name);
        status.Report(source.Name, last => last with
        {
            State = SourceState.Failing,
            LastAttempt = now,
            FailuresInARow = _streak.Length,
            Failures = last.Failures + 1,
            Problem = $"{problem.GetType().Name}: {problem.Message}",
        });
        if (_said != SourceState.Failing)
            Log.Failing(logger, source.Name, problem);
        _said = SourceState.Failing;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Reading {Source}.")]
        public static partial void Reading(ILogger logger, string source);

        [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for {Source}: {Reason}")]
        public static partial void Waiting(ILogger logger, string source, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Source} can't be read; trying again with growing pauses. /api/status shows how it goes.")]
        public static partial void Failing(ILogger logger, string source, Exception problem);
    }
}
