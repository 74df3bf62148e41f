using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>Knows when the trail was cut, from records and from the trail guard, and how far each such time is filled: the tables <c>trail_gap</c> and <c>trail_whole</c>.</summary>
/// <remarks>
/// A cut begins with the call that made it, or with the last look that found the trail whole; it ends with the call, or the look, that finds it whole again.
/// Alarms and what people do about them have no part in it.
/// </remarks>
internal sealed class GapStore(GuardStore guard, AuditResources path, TurnOptions turns) : ITurnPart
{
    /// <summary>The reach of CloudTrail's event history, for which gaps are kept here as well.</summary>
    private static readonly TimeSpan HistoryReach = TimeSpan.FromDays(90);

    /// <summary>The time for which records may still be missing after a trail is whole again.</summary>
    private static readonly TimeSpan Edge = TimeSpan.FromMinutes(2);

    /// <summary>Times on the trail have whole seconds.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>The age that the kept time of the last whole look may reach.</summary>
    private static readonly TimeSpan WholeKeptEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, TrailGap> _gaps = [];
    private readonly HashSet<string> _changed = [];
    private readonly List<Finding> _findings = [];
    private DateTimeOffset? _wholeAt;
    private DateTimeOffset? _wholeKept;
    private bool _keepWhole;
    private DateTimeOffset _lookTaken;
    private string? _filling;

    public bool HasChanges => _changed.Count > 0 || _keepWhole;

    /// <summary>Those that are not filled, the oldest first.</summary>
    public IEnumerable<TrailGap> Unfilled => _gaps.Values.Where(gap => !gap.Filled).OrderBy(gap => gap.From);

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var gap in await GapRows.AllAsync(connection, cancellationToken))
            _gaps[gap.Id] = gap;
        _wholeAt = _wholeKept = await GapRows.WholeAtAsync(connection, cancellationToken);
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _filling = null;
        if (turn is Turn.Page { FillsGap: { } id } page)
        {
            _filling = id;
            foreach (var position in page.Positions.OfType<GapPosition>())
                Take(position);
        }

        return Task.CompletedTask;
    }

    public void Judge(Observation observation, TurnMoment moment)
    {
        if (_filling is { } id && _gaps.TryGetValue(id, out var filled))
            Put(filled with { Records = filled.Records + 1 });
        foreach (var cause in GapCauses.Of(observation, path))
            Note(cause, observation.Record.EventTime, observation.Record.EventTime);
    }

    public IEnumerable<Finding> Findings()
    {
        Finding[] findings = [.. _findings];
        _findings.Clear();
        return findings;
    }

    public void Advance(TurnMoment moment)
    {
        if (guard.LookedAt is not { } at || at == _lookTaken)
            return;

        _lookTaken = at;
        TakeLook(at);
    }

    /// <summary>Begins a reading.</summary>
    public void Begin(string gapId, DateTimeOffset now)
    {
        if (!_gaps.TryGetValue(gapId, out var gap) || gap.Round is not null)
            return;

        var from = (gap.CoveredUntil ?? gap.From) - turns.AllowedLateness;
        var oldest = now - HistoryReach;
        var to = gap.To is { } end && end + Edge < now ? end + Edge : now;
        Put(gap with
        {
            Round = new(now, from < oldest ? oldest : from, to)
            {
                Unread = from < oldest ? [$"what was called before {Instants.Text(oldest)}, further back than the 90 days of the event history"] : [],
            },
        });
    }

    /// <summary>A list is given up: what is left of it stays unread.</summary>
    public void GiveUp(string gapId, string list, string why)
    {
        if (_gaps.TryGetValue(gapId, out var gap) && gap.Round is { } round)
            Put(gap with { Round = round with { Done = [.. round.Done, list], List = null, DownTo = null, Unread = [.. round.Unread, why] } });
    }

    /// <summary>Ends a reading, and says what stayed unread.</summary>
    public void End(string gapId, DateTimeOffset now)
    {
        if (!_gaps.TryGetValue(gapId, out var gap) || gap.Round is not { } round)
            return;

        var unread = gap.Unread.Union(round.Unread).ToList();
        if (unread.Count > gap.Unread.Count)
        {
            _findings.Add(new(
                TrailBlinding.Id, gap.Group, now, "LookupEvents",
                $"from {Instants.Text(gap.From)} to {(gap.To is { } to ? Instants.Text(to) : "now")} ({gap.Why}) not all could be read from CloudTrail's event history: {string.Join("; ", round.Unread)}"));
        }

        Put(gap with
        {
            Round = null,
            CoveredUntil = round.To,
            RoundEndedAt = now,
            Unread = unread,
            Filled = IsFinal(gap, round.StartedAt),
        });
    }

    /// <summary>Tells whether a gap should be read now.</summary>
    public bool IsDue(TrailGap gap, TimeSpan every, DateTimeOffset now) =>
        gap.Round is not null || gap.RoundEndedAt is not { } ended || IsFinal(gap, now) || now - ended >= every;

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        await GapRows.WriteAsync(transaction, _changed.Select(id => _gaps[id]), _keepWhole ? _wholeAt : null, cancellationToken);

    public void Committed()
    {
        _changed.Clear();
        if (_keepWhole)
            _wholeKept = _wholeAt;
        _keepWhole = false;
    }

    public async Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var floor = now - HistoryReach;
        await writes.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM trail_gap WHERE filled = 1 AND from_at < @floor", new { floor = floor.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
            cancellationToken,
            repeatable: true);
        foreach (var gap in _gaps.Values.Where(gap => gap.Filled && gap.From < floor).ToList())
            _gaps.Remove(gap.Id);
    }

    /// <summary>The event history may be as late as the trail.</summary>
    private bool IsFinal(TrailGap gap, DateTimeOffset startedAt) => gap.To is { } to && startedAt >= to + turns.AllowedLateness;

    private void Take(GapPosition position)
    {
        if (!_gaps.TryGetValue(position.GapId, out var gap) || gap.Round is not { } round)
            return;

        Put(gap with
        {
            Requests = gap.Requests + position.Requests,
            Round = round with
            {
                Requests = round.Requests + position.Requests,
                Done = position.IsDone ? [.. round.Done, position.List] : round.Done,
                List = position.IsDone ? null : position.List,
                DownTo = position.IsDone ? null : position.DownTo ?? round.DownTo,
            },
        });
    }

    private void TakeLook(DateTimeOffset at)
    {
        var causes = guard.Facts.Where(fact => guard.LookSaw(fact)).Select(GapCauses.Of).OfType<GapCause>().ToList();
        foreach (var cause in causes)
        {
            // What a look that began before the change saw does not undo it.
            if (cause.Why is not null)
                TakeCut(cause, at);
            else if (OpenGapOf(cause) is { } gap && gap.Causes.TryGetValue(cause.Cause, out var since) && since + Tick <= at)
                Note(cause, at, at);
        }

        if (causes.Count == 0 || causes.Exists(cause => cause.Why is not null))
            return;

        _wholeAt = at;
        _keepWhole |= !(at - _wholeKept < WholeKeptEvery);
        CloseForgotten(at);
    }

    /// <summary>Since the last look that found all whole it may have been cut, or since it was mended.</summary>
    private void TakeCut(GapCause cause, DateTimeOffset at)
    {
        var mended = _gaps.Values.Where(gap => gap.Kind == cause.Kind && gap.Name == cause.Name).Max(gap => gap.To);
        if (!(mended + Tick > at))
            Note(cause, mended > (_wholeAt ?? at) ? mended.Value : _wholeAt ?? at, at);
    }

    /// <summary>A trail that nobody watches any more, for its end was accepted, is nobody's gap while another one is whole.</summary>
    private void CloseForgotten(DateTimeOffset at)
    {
        var watched = guard.Facts.Select(GapCauses.Of).OfType<GapCause>().Select(cause => (cause.Kind, cause.Name)).ToHashSet();
        foreach (var gap in _gaps.Values.Where(gap => gap.To is null && !watched.Contains((gap.Kind, gap.Name)) && gap.Causes.Values.All(since => since + Tick <= at)).ToList())
            Put(gap with { Causes = new Dictionary<string, DateTimeOffset>(), To = at });
    }

    private TrailGap? OpenGapOf(GapCause cause) => _gaps.Values.FirstOrDefault(gap => gap.To is null && gap.Kind == cause.Kind && gap.Name == cause.Name);

    /// <param name="cause">What is cut, or whole again.</param>
    /// <param name="from">Since when it may be cut.</param>
    /// <param name="at">When that was seen.</param>
    private void Note(GapCause cause, DateTimeOffset from, DateTimeOffset at)
    {
        var open = OpenGapOf(cause);
        if (cause.Why is null)
            Close(open, cause.Cause, at);
        else if (open is not null)
            Prolong(open, cause.Cause, from);
        else if (!_gaps.Values.Any(gap => gap.Kind == cause.Kind && gap.Name == cause.Name && gap.Covers(from)))
            Put(TrailGap.Begin(cause.Kind, cause.Name, cause.Cause, from, cause.Why));
    }

    /// <summary>One more cause; a cut that turns out to be older is read anew from there.</summary>
    private void Prolong(TrailGap gap, string cause, DateTimeOffset from)
    {
        var isOlder = from < gap.From;
        if (!isOlder && gap.Causes.ContainsKey(cause))
            return;

        var since = gap.Causes.TryGetValue(cause, out var known) && known < from ? known : from;
        Put(gap with
        {
            From = isOlder ? from : gap.From,
            CoveredUntil = isOlder && from < gap.From - turns.AllowedLateness ? null : gap.CoveredUntil,
            Causes = new Dictionary<string, DateTimeOffset>(gap.Causes) { [cause] = since },
        });
    }

    private void Close(TrailGap? gap, string cause, DateTimeOffset at)
    {
        if (gap is null || !gap.Causes.TryGetValue(cause, out var since) || at < since)
            return;

        var left = gap.Causes.Where(other => other.Key != cause).ToDictionary();
        Put(gap with { Causes = left, To = left.Count == 0 ? at : null });
    }

    private void Put(TrailGap gap)
    {
        _gaps[gap.Id] = gap;
        _changed.Add(gap.Id);
    }
}
