using System.Threading.Channels;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Replay;

/// <summary>Takes the files through the pipeline as if their time were now.</summary>
/// <remarks>
/// <para>
/// The service learns from the clock that a window is over; here the records' own times tell. Before each stretch of event time the clock moves to its
/// first record, and the read counts as complete up to there: so alarms end, and begin anew, as they would have when it happened.
/// </para>
/// <para>
/// Where it got to in the files is committed with what it counted there, and so is the clock. Whatever a kill interrupts is taken again in the same
/// turns, so the outcome is the same as without it.
/// </para>
/// <para>Files are read, and records parsed, on the other cores while the pipeline judges those before them.</para>
/// </remarks>
internal sealed class ReplayRun(FileSource source, Pipeline pipeline, Database database, ReplayClock clock, ReplayOptions replay, RecordInterest interest, TurnOptions turns)
{
    /// <summary>How many stretches are parsed ahead: a few megabytes each.</summary>
    private const int Ahead = 4;

    private readonly TimeSpan _step = Step(turns.AllowedLateness);
    private readonly Channel<ReplayStep> _steps = Channel.CreateBounded<ReplayStep>(Ahead);
    private ReplaySlice _slice = new();
    private DateTimeOffset _ticked;
    private bool _hasRead;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var position in await FilePositions.ReadAsync(database, source.Name, cancellationToken))
            source.GoOnFrom(position);
        _ticked = await pipeline.LastCompleteReadAsync(source.Name, cancellationToken) ?? DateTimeOffset.UnixEpoch;
        clock.MoveTo(_ticked);

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = Task.Run(() => ReadAsync(failed.Token), failed.Token);
        try
        {
            await foreach (var step in _steps.Reader.ReadAllAsync(cancellationToken))
                await TakeAsync(step, cancellationToken);
        }
        finally
        {
            await failed.CancelAsync();
            await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!replay.GoesOn)
            await EndAsync(cancellationToken);
        await pipeline.CommitAsync(cancellationToken);
    }

    /// <summary>How much event time goes into one turn: a fraction of how exactly the watermark is known anyway.</summary>
    private static TimeSpan Step(TimeSpan allowedLateness) => allowedLateness / 4 is var step && step > TimeSpan.FromSeconds(1) ? step : TimeSpan.FromSeconds(1);

    /// <summary>CloudTrail's times are whole seconds, so what happened at one instant is what happened in one second.</summary>
    private TimeSpan StepAt(DateTimeOffset at) => replay.BySecond.Any(span => at >= span.From && at < span.To) ? TimeSpan.Zero : _step;

    /// <summary>Reads the files and hands them on in stretches.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in source.ReadAsync(cancellationToken))
                await ReadAsync(page, cancellationToken);
            await EndSliceAsync(cancellationToken);
            _steps.Writer.Complete();
        }
        catch (Exception problem)
        {
            _steps.Writer.Complete(problem);
        }
    }

    private async Task ReadAsync(FilePage page, CancellationToken cancellationToken)
    {
        for (var index = 0; index < page.Events.Count; index++)
        {
            var item = page.Events[index];
            var glance = item.Problem is null ? RecordGlance.At(item.Utf8.Span, interest) : new(true, null);
            if (!IsWanted(glance))
            {
                _slice.PassOver(glance.IsOfInterest);
            }
            else
            {
                if (!_slice.Fits(glance.EventTime))
                    await EndSliceAsync(cancellationToken);
                if (!_slice.HasBegun && glance.EventTime is { } at)
                    await BeginSliceAsync(at, cancellationToken);
                _slice.Add(item);
            }

            _slice.Reach(page.AfterFirst(index + 1));
            if (_slice.IsFull)
                await EndSliceAsync(cancellationToken);
        }

        _slice.Reach(page.After);
    }

    private bool IsWanted(RecordGlance glance) => glance.IsOfInterest && !(glance.EventTime is { } at && !replay.Includes(at));

    /// <summary>Begins a stretch: everything up to its first record has been read.</summary>
    private async Task BeginSliceAsync(DateTimeOffset first, CancellationToken cancellationToken)
    {
        var step = StepAt(first);
        if (first - _ticked >= step)
        {
            _ticked = clock.Reachable(first, _ticked);
            await _steps.Writer.WriteAsync(new(Tick: _ticked), cancellationToken);
        }

        _slice.Begin(_ticked, step);
    }

    private async Task EndSliceAsync(CancellationToken cancellationToken)
    {
        if (_slice.IsEmpty)
            return;

        _hasRead |= _slice.Events.Count > 0;
        var slice = _slice;
        _slice = new();
        var parsed = Task.Run(() => ParsedEvent.ParseAll(slice.Events, source.Name, interest), cancellationToken);
        await _steps.Writer.WriteAsync(new(Slice: slice, Parsed: parsed), cancellationToken);
    }

    private async Task TakeAsync(ReplayStep step, CancellationToken cancellationToken)
    {
        if (step.Tick is { } at)
            await TickAsync(at, cancellationToken);
        if (step is not { Slice: { } slice, Parsed: { } parsed })
            return;

        var page = new Turn.Page(source.Name, slice.Events)
        {
            Parsed = await parsed,
            Positions = slice.Positions,
            PassedOver = slice.PassedOver,
            MayWait = true,
        };
        await pipeline.TakeAsync(page, cancellationToken);
    }

    private async Task TickAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        clock.MoveTo(at);
        await pipeline.TakeAsync(new Turn.ReadEnd(source.Name, clock.GetUtcNow()) { MayWait = true }, cancellationToken);
    }

    /// <summary>Nothing more can come: lets the watermark pass every window.</summary>
    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await pipeline.CommitAsync(cancellationToken);
        var open = (await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, cancellationToken), cancellationToken)).Where(alarm => !alarm.Ended).Select(alarm => alarm.QuietAt).ToList();
        if (!_hasRead && open.Count == 0)
            return;

        var last = open.Append(_ticked + _step).Max();
        await TickAsync(last + turns.AllowedLateness, cancellationToken);
    }

    /// <summary>What the pipeline takes next.</summary>
    /// <param name="Tick">The clock moves to here first.</param>
    /// <param name="Slice">A stretch of event time.</param>
    /// <param name="Parsed">Its records.</param>
    private sealed record ReplayStep(DateTimeOffset? Tick = null, ReplaySlice? Slice = null, Task<List<ParsedEvent>>? Parsed = null);
}
