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
/// </remarks>
internal sealed class ReplayRun(FileSource source, Pipeline pipeline, Database database, ReplayClock clock, ReplayOptions replay, RecordInterest interest, TurnOptions turns)
{
    private readonly TimeSpan _step = Step(turns.AllowedLateness);
    private ReplaySlice _slice = new();
    private DateTimeOffset _ticked;
    private bool _hasRead;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var position in await FilePositions.ReadAsync(database, source.Name, cancellationToken))
            source.GoOnFrom(position);
        _ticked = await pipeline.LastCompleteReadAsync(source.Name, cancellationToken) ?? DateTimeOffset.UnixEpoch;
        clock.MoveTo(_ticked);

        await foreach (var page in source.ReadAsync(cancellationToken))
            await TakeAsync(page, cancellationToken);
        await TakeSliceAsync(cancellationToken);
        if (!replay.GoesOn)
            await EndAsync(cancellationToken);
    }

    /// <summary>How much event time goes into one turn: a fraction of how exactly the watermark is known anyway.</summary>
    private static TimeSpan Step(TimeSpan allowedLateness) => allowedLateness / 4 is var step && step > TimeSpan.FromSeconds(1) ? step : TimeSpan.FromSeconds(1);

    /// <summary>CloudTrail's times are whole seconds, so what happened at one instant is what happened in one second.</summary>
    private TimeSpan StepAt(DateTimeOffset at) => replay.BySecond.Any(span => at >= span.From && at < span.To) ? TimeSpan.Zero : _step;

    private async Task TakeAsync(FilePage page, CancellationToken cancellationToken)
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
                    await TakeSliceAsync(cancellationToken);
                if (!_slice.HasBegun && glance.EventTime is { } at)
                    await BeginAsync(at, cancellationToken);
                _slice.Add(item);
            }

            _slice.Reach(page.AfterFirst(index + 1));
            if (_slice.IsFull)
                await TakeSliceAsync(cancellationToken);
        }

        _slice.Reach(page.After);
    }

    private bool IsWanted(RecordGlance glance) => glance.IsOfInterest && !(glance.EventTime is { } at && !replay.Includes(at));

    /// <summary>Begins a stretch: everything up to its first record has been read.</summary>
    private async Task BeginAsync(DateTimeOffset first, CancellationToken cancellationToken)
    {
        var step = StepAt(first);
        if (first - _ticked >= step)
            await TickAsync(first, cancellationToken);
        _slice.Begin(_ticked, step);
    }

    private async Task TickAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        clock.MoveTo(at);
        _ticked = clock.GetUtcNow();
        await pipeline.TakeAsync(new Turn.ReadEnd(source.Name, _ticked), cancellationToken);
    }

    private async Task TakeSliceAsync(CancellationToken cancellationToken)
    {
        if (_slice.IsEmpty)
            return;

        _hasRead |= _slice.Events.Count > 0;
        var slice = _slice;
        _slice = new();
        await pipeline.TakeAsync(new Turn.Page(source.Name, slice.Events) { Positions = slice.Positions, PassedOver = slice.PassedOver }, cancellationToken);
    }

    /// <summary>Nothing more can come: lets the watermark pass every window.</summary>
    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var open = (await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, cancellationToken), cancellationToken)).Where(alarm => !alarm.Ended).Select(alarm => alarm.QuietAt).ToList();
        if (!_hasRead && open.Count == 0)
            return;

        var last = open.Append(_ticked + _step).Max();
        await TickAsync(last + turns.AllowedLateness, cancellationToken);
    }
}
