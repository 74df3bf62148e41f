using System.Data.Common;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>Reads one source at two speeds: its head each time, then a few pages of a sweep that is due; and not at all while it backs off.</summary>
internal sealed partial class SourceReader(
    IRecordSource source, EngineGate gate, Pipeline pipeline, SourceOptions options, TimeProvider time, SentinelStatus status, SentinelMetrics metrics, ILogger<SourceReader> logger) : IAsyncDisposable
{
    private const int SweepPagesATurn = 5;

    private readonly ReadPlan _plan = new(options);
    private readonly FailureStreak _streak = new();
    private Sweep? _sweep;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private SourceState _said = SourceState.Starting;

    /// <summary>Reads the source once, unless it backs off. Its failures end here, reported; only our own cancellation and a failing database leave.</summary>
    /// <returns>How long to wait before the next time.</returns>
    public async Task<TimeSpan> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _notBefore)
            return Shorter(_notBefore - now, options.HeadInterval);

        try
        {
            var lastCompleteRead = await gate.RunAsync(() => pipeline.LastCompleteReadAsync(source.Name, cancellationToken), cancellationToken);
            await ReadHeadAsync(now, lastCompleteRead, cancellationToken);
            await SweepAsync(now, isBackfill: lastCompleteRead is null, cancellationToken);
            Succeeded(now);
        }
        // Whatever goes wrong once we are told to stop comes of stopping.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (SourceAbsentException absent)
        {
            await AbandonSweepAsync();
            Absent(absent, now);
        }
        // Nothing that this source could help: the loop as a whole backs off.
        catch (DbException)
        {
            await AbandonSweepAsync();
            throw;
        }
        // The edge of the loop: whatever went wrong with this source, the others must be read and this one tried again.
        catch (Exception problem)
        {
            await AbandonSweepAsync();
            Failed(problem, now);
        }

        return options.HeadInterval;
    }

    public ValueTask DisposeAsync() => AbandonSweepAsync();

    private async Task ReadHeadAsync(DateTimeOffset now, DateTimeOffset? lastCompleteRead, CancellationToken cancellationToken)
    {
        await foreach (var page in source.ReadAsync(now - _plan.HeadLookBack(now, lastCompleteRead), cancellationToken))
            await TakeAsync(new Turn.Page(source.Name, page), cancellationToken);
        await TakeAsync(new Turn.ReadEnd(source.Name, now), cancellationToken);
    }

    private async Task SweepAsync(DateTimeOffset now, bool isBackfill, CancellationToken cancellationToken)
    {
        if (_sweep is null && _plan.DueSweep(now) is { } due)
            _sweep = new Sweep(due, now, isBackfill, source.ReadAsync(now - due.LookBack, cancellationToken).GetAsyncEnumerator(cancellationToken));

        for (var pages = 0; _sweep is not null && pages < SweepPagesATurn; pages++)
        {
            if (await _sweep.NextAsync() is { } page)
            {
                await TakeAsync(new Turn.Page(source.Name, page) { IsLate = !_sweep.IsBackfill }, cancellationToken);
                continue;
            }

            _plan.Completed(_sweep.Options, _sweep.StartedAt);
            await AbandonSweepAsync();
        }
    }

    private Task TakeAsync(Turn turn, CancellationToken cancellationToken) => gate.RunAsync(() => pipeline.TakeAsync(turn, cancellationToken), cancellationToken);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Lets go of a sweep; unless it was complete, it stays due.</summary>
    private async ValueTask AbandonSweepAsync()
    {
        if (_sweep is not null)
            await _sweep.DisposeAsync();
        _sweep = null;
    }

    private void Succeeded(DateTimeOffset now)
    {
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
