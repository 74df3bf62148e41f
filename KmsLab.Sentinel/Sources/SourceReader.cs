using System.Data.Common;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>
/// Reads one source, a slice at a time: what matters most while the head is behind, then the head, a full pass, a sweep; and not at all while it backs off.
/// </summary>
/// <remarks>
/// A pass that is not over at the end of its slice goes on in the next round, from the source's own token; after a failure or a restart, from the stamp
/// that it had reached. Only the turns are taken inside the <see cref="EngineGate"/>: nobody waits while the source is asked.
/// </remarks>
internal sealed partial class SourceReader(
    IRecordSource source, EngineGate gate, Pipeline pipeline, SourceOptions options, TurnOptions turns, AttestationOptions attestation, SourceVolumes volumes,
    TimeProvider time, SentinelStatus status, SentinelMetrics metrics, ILogger<SourceReader> logger) : IAsyncDisposable
{
    private static readonly SliceSize NarrowSlice = new(5, TimeSpan.FromSeconds(1.5));
    private static readonly SliceSize HeadSlice = new(16, TimeSpan.FromSeconds(3));
    private static readonly SliceSize FullSlice = new(16, TimeSpan.FromSeconds(3));
    private static readonly SliceSize SweepSlice = new(5, TimeSpan.FromSeconds(2));
    private static readonly SliceSize Least = new(1, TimeSpan.FromSeconds(2));

    /// <summary>A pass of more pages notes how far it is.</summary>
    private const int PagesWithoutPosition = 16;

    private readonly ReadPlan _plan = new(options, turns);
    private readonly DeliveryLag _lag = new();
    private readonly FailureStreak _streak = new();
    private readonly NarrowLane _keys = new();
    private readonly NarrowLane _unproven = new();
    private readonly NarrowLane _ownStreams = new();
    private Pass? _head;
    private Pass? _full;
    private Pass? _sweep;
    private SweepOptions? _swept;
    private PassRange? _headRest;
    private DateTimeOffset? _completeAt;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private SourceState _said = SourceState.Starting;

    /// <summary>Reads a slice of the source, unless it backs off. Its failures end here, reported; only our own cancellation and a failing database leave.</summary>
    /// <returns>How long to wait before the next time.</returns>
    public async Task<TimeSpan> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < _notBefore)
            return Shorter(_notBefore - now, options.HeadInterval);

        try
        {
            await ReadAsync(now, cancellationToken);
            Succeeded(now);
        }
        // Whatever goes wrong once we are told to stop comes of stopping.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (SourceAbsentException absent)
        {
            await AbandonAsync();
            Absent(absent, now);
        }
        // Nothing that this source could help: the loop as a whole backs off.
        catch (DbException)
        {
            await AbandonAsync();
            throw;
        }
        // The edge of the loop: whatever went wrong with this source, the others must be read and this one tried again.
        catch (Exception problem)
        {
            await AbandonAsync();
            Failed(problem, now);
        }

        return _head is null ? PauseAfter(time.GetUtcNow() - now) : TimeSpan.Zero;
    }

    /// <summary>Lets go of what is under way, and of what was only known in this term.</summary>
    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        (_headRest, _completeAt) = (null, null);
        _keys.At = _unproven.At = _ownStreams.At = null;
    }

    private async Task ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lastComplete = await gate.RunAsync(() => pipeline.LastCompleteReadAsync(source.Name, cancellationToken), cancellationToken);
        if (_head is not null)
            await ReadNarrowAsync(now, lastComplete, cancellationToken);
        await ReadHeadAsync(now, lastComplete, cancellationToken);
        if (source.GivesOnce)
            return;

        await ReadFullAsync(now, lastComplete, _head is null ? FullSlice : Least, cancellationToken);
        await SweepAsync(now, lastComplete is null, _head is null ? SweepSlice : Least, cancellationToken);
    }

    /// <summary>Before a head that is behind goes on: what concerns protected keys, then what stands in CloudTrail's own streams.</summary>
    private async Task ReadNarrowAsync(DateTimeOffset now, DateTimeOffset? lastComplete, CancellationToken cancellationToken)
    {
        if (source is not INarrowSource narrow)
            return;

        await ReadKeysAsync(narrow, _keys, now, lastComplete, cancellationToken);
        await ReadNarrowAsync(_ownStreams, now, lastComplete, from => narrow.ReadOwnStreamsAsync(from, cancellationToken), cancellationToken);
    }

    /// <summary>Between two heads that lie far apart: calls with protected keys that don't say that they are the application's.</summary>
    private Task ReadUnprovenAsync(DateTimeOffset now, DateTimeOffset? lastComplete, CancellationToken cancellationToken) =>
        source is INarrowSource narrow && attestation.PublicKeys.Count + attestation.PublicKeyFiles.Count > 0
            ? ReadKeysAsync(narrow, _unproven, now, lastComplete, cancellationToken)
            : Task.CompletedTask;

    private async Task ReadKeysAsync(INarrowSource narrow, NarrowLane lane, DateTimeOffset now, DateTimeOffset? lastComplete, CancellationToken cancellationToken)
    {
        var keys = await gate.RunAsync(async () => (await pipeline.KnowAsync<ProtectedKeys>(cancellationToken)).All.ToList(), cancellationToken);
        await ReadNarrowAsync(lane, now, lastComplete, from => narrow.ReadKeysAsync(from, keys, lane == _unproven, cancellationToken), cancellationToken);
    }

    private async Task ReadNarrowAsync(
        NarrowLane lane, DateTimeOffset now, DateTimeOffset? lastComplete, Func<DateTimeOffset, IAsyncEnumerable<SourcePage>> read, CancellationToken cancellationToken)
    {
        if (lane.Pass is null)
        {
            var range = _plan.Narrow(now, lane.At, lastComplete, _lag);
            lane.Pass = Begin(range, read(range.From), cancellationToken);
        }

        if (!await TakeSliceAsync(lane.Pass, NarrowSlice, cancellationToken))
            return;

        lane.At = lane.Pass.Range.StartedAt;
        await lane.AbandonAsync();
    }

    private async Task ReadHeadAsync(DateTimeOffset now, DateTimeOffset? lastComplete, CancellationToken cancellationToken)
    {
        if (_head is null)
        {
            if (_headRest is null && !_plan.IsHeadDue(now, _lag))
            {
                await ReadUnprovenAsync(now, lastComplete, cancellationToken);
                return;
            }

            var range = source.GivesOnce ? new(now, now) { Completes = true } : _headRest ?? await OrRestAsync(_plan.Head(now, lastComplete, _lag), lastComplete, now, cancellationToken);
            (_head, _headRest) = (Begin(range, cancellationToken), null);
        }

        if (await TakeSliceAsync(_head, HeadSlice, cancellationToken))
        {
            await CompleteAsync(_head.Range, cancellationToken);
            _plan.Completed(_head.Range, isHead: true);
            _lag.Learn(_head.Tally, _head.Range.IsFull);
            _completeAt = _head.Range.StartedAt;
            _head = await EndAsync(_head);
        }
    }

    private async Task ReadFullAsync(DateTimeOffset now, DateTimeOffset? lastComplete, SliceSize slice, CancellationToken cancellationToken)
    {
        if (_full is null && _head?.Range.IsFull != true && _plan.DueFull(now, lastComplete) is { } due)
            _full = Begin(await OrRestAsync(due, lastComplete, now, cancellationToken), cancellationToken);

        if (_full is not null && await TakeSliceAsync(_full, slice, cancellationToken))
        {
            await CompleteAsync(_full.Range, cancellationToken);
            _plan.Completed(_full.Range, isHead: false);
            _lag.Learn(_full.Tally, isFull: true);
            _full = await EndAsync(_full);
        }
    }

    private async Task SweepAsync(DateTimeOffset now, bool isBackfill, SliceSize slice, CancellationToken cancellationToken)
    {
        if (_sweep is null && _plan.DueSweep(now) is { } due)
        {
            _swept = due;
            // The first look at a source finds what is old, not what is late.
            _sweep = Begin(new(now, now - due.LookBack) { IsLate = !isBackfill }, cancellationToken);
        }

        if (_sweep is not null && await TakeSliceAsync(_sweep, slice, cancellationToken))
        {
            _plan.Completed(_swept!, _sweep.Range.StartedAt);
            _sweep = await EndAsync(_sweep);
        }
    }

    /// <summary>What an earlier process, or a read that failed, left of a full pass.</summary>
    private async Task<PassRange> OrRestAsync(PassRange range, DateTimeOffset? lastComplete, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!range.IsFull)
            return range;

        var left = await gate.RunAsync(async () => (await pipeline.KnowAsync<ReadPositions>(cancellationToken)).Of(source.Name), cancellationToken);
        return left is not null && !(left.StartedAt <= lastComplete) && left.Reached >= now - options.DeepestLookBack
            ? range with { StartedAt = left.StartedAt, From = left.Reached }
            : range;
    }

    private Pass Begin(PassRange range, CancellationToken cancellationToken) => Begin(range, source.ReadAsync(range.From, cancellationToken), cancellationToken);

    private static Pass Begin(PassRange range, IAsyncEnumerable<SourcePage> pages, CancellationToken cancellationToken) => new(range, pages.GetAsyncEnumerator(cancellationToken));

    /// <summary>Takes some pages of a pass.</summary>
    /// <returns>Whether it is over.</returns>
    private async Task<bool> TakeSliceAsync(Pass pass, SliceSize size, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var pages = 0; pages < size.Pages && (pages == 0 || time.GetElapsedTime(start) < size.Time); pages++)
        {
            if (await pass.NextAsync() is not { } page)
                return true;

            await TakeAsync(new Turn.Page(source.Name, page.Events) { IsLate = pass.Range.IsLate, Positions = PositionsOf(pass) }, cancellationToken);
            if (page.Findings.Count > 0)
                await TakeAsync(new Turn.OwnWork(page.Findings), cancellationToken);
        }

        Measure(pass);
        return false;
    }

    private PassPosition[] PositionsOf(Pass pass) => pass.Range.IsFull && pass.Pages > PagesWithoutPosition && pass.Reached is { } reached
        ? [new(source.Name, pass.Range.StartedAt, reached)]
        : [];

    /// <summary>The source is complete up to where the pass began, if it is one of those that say so and no later one has.</summary>
    private async Task CompleteAsync(PassRange range, CancellationToken cancellationToken)
    {
        if (!range.Completes)
            return;

        var last = await gate.RunAsync(() => pipeline.LastCompleteReadAsync(source.Name, cancellationToken), cancellationToken);
        if (!(last >= range.StartedAt))
            await TakeAsync(new Turn.ReadEnd(source.Name, range.StartedAt), cancellationToken);
    }

    private Task TakeAsync(Turn turn, CancellationToken cancellationToken) => gate.RunAsync(() => pipeline.TakeAsync(turn, cancellationToken), cancellationToken);

    private async Task<Pass?> EndAsync(Pass pass)
    {
        Measure(pass);
        await pass.DisposeAsync();
        return null;
    }

    /// <summary>Notes how much the source holds; a narrow read does not see it all.</summary>
    private void Measure(Pass pass)
    {
        if (pass == _head || pass == _full || pass == _sweep)
            volumes.Learn(source.Name, pass.Tally, time.GetUtcNow());
    }

    /// <summary>Lets go of what is under way. The head goes on where it was; a sweep or a full pass stays due.</summary>
    private async ValueTask AbandonAsync()
    {
        if (_head is not null)
            _headRest = _head.Reached is null ? null : _head.Rest;
        foreach (var pass in new[] { _head, _full, _sweep })
        {
            if (pass is not null)
                await pass.DisposeAsync();
        }

        (_head, _full, _sweep) = (null, null, null);
        foreach (var lane in new[] { _keys, _unproven, _ownStreams })
            await lane.AbandonAsync();
    }

    /// <summary>Reads begin one interval after the other, and the machine rests in between.</summary>
    private TimeSpan PauseAfter(TimeSpan round)
    {
        var rest = options.HeadInterval - round;
        return rest > options.HeadInterval / 2 ? rest : options.HeadInterval / 2;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Succeeded(DateTimeOffset now)
    {
        _streak.Ended();
        status.Report(
            source.Name,
            last => last with { State = SourceState.Reading, LastAttempt = now, LastCompleteRead = _completeAt ?? last.LastCompleteRead, FailuresInARow = 0, Problem = null });
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

/// <summary>How much of a pass is read before others have their turn.</summary>
/// <param name="Pages">At most so many pages, of a megabyte each.</param>
/// <param name="Time">And no further page after this time.</param>
internal readonly record struct SliceSize(int Pages, TimeSpan Time);

/// <summary>A narrow read under way, if one is, and when the last began that came to its end.</summary>
internal sealed class NarrowLane
{
    public Pass? Pass { get; set; }

    public DateTimeOffset? At { get; set; }

    /// <summary>Lets go of what is under way.</summary>
    public async ValueTask AbandonAsync()
    {
        if (Pass is not null)
            await Pass.DisposeAsync();
        Pass = null;
    }
}
