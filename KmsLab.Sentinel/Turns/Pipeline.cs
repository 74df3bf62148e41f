using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// Takes turns: parse → deduplicate → for each part See, Count, Study, Judge, Advance, Write → commit. All that a turn changes is committed in one
/// transaction; whatever happens before it leaves no trace, whatever happens after it finds everything done. Turns that may wait are committed together.
/// </summary>
internal sealed class Pipeline(
    IServiceScopeFactory scopes,
    Database database,
    LeaderWrites writes,
    WatermarkClock watermarks,
    RecordInterest interest,
    TurnOptions options,
    CommitGroup group,
    TimeProvider time,
    SentinelMetrics metrics,
    SentinelStatus status,
    ILogger<Pipeline> logger)
{
    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    private TurnMemory? _memory;
    private int _waitingTurns;
    private int _waitingRecords;
    private DateTimeOffset _prunedAt;

    /// <summary>When the last complete read of a source began, if there was one.</summary>
    public async Task<DateTimeOffset?> LastCompleteReadAsync(string source, CancellationToken cancellationToken) =>
        (await KnowAsync<ReadCursors>(cancellationToken)).Completed.TryGetValue(source, out var at) ? at : null;

    /// <summary>A part of the memory. For the loop's own thread, between two turns.</summary>
    public async Task<T> KnowAsync<T>(CancellationToken cancellationToken) where T : class, ITurnPart => (await MemoryAsync(cancellationToken)).Know<T>();

    /// <summary>Throws the memory away: another process may have written since it was read.</summary>
    public void Forget()
    {
        _memory?.Dispose();
        _memory = null;
        (_waitingTurns, _waitingRecords) = (0, 0);
    }

    /// <summary>
    /// Takes a turn. It is committed when this returns, and those that waited with it, unless it may wait itself. After an exception the same turn may
    /// be taken again, and whatever waited has to be.
    /// </summary>
    public Task TakeAsync(Turn turn, CancellationToken cancellationToken) => WithMemoryAsync(
        async memory =>
        {
            await TakeAsync(turn, memory, cancellationToken);
            _waitingTurns++;
            if (!turn.MayWait || _waitingRecords >= group.Records)
                await CommitAsync(memory, cancellationToken);
        },
        cancellationToken);

    /// <summary>Commits what waits.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_waitingTurns > 0)
            await WithMemoryAsync(memory => CommitAsync(memory, cancellationToken), cancellationToken);
    }

    /// <summary>Deletes what is older than the retention, now and then.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _prunedAt < PruneInterval)
            return;

        await CommitAsync(cancellationToken);
        foreach (var part in (await MemoryAsync(cancellationToken)).Parts)
            await part.PruneAsync(writes, now, cancellationToken);
        _prunedAt = now;
    }

    /// <summary>After an exception the memory may be changed halfway: it is thrown away, and read anew for the next turn.</summary>
    private async Task WithMemoryAsync(Func<TurnMemory, Task> work, CancellationToken cancellationToken)
    {
        var memory = await MemoryAsync(cancellationToken);
        _memory = null;
        try
        {
            await work(memory);
        }
        catch
        {
            memory.Dispose();
            (_waitingTurns, _waitingRecords) = (0, 0);
            throw;
        }

        _memory = memory;
    }

    private async Task TakeAsync(Turn turn, TurnMemory memory, CancellationToken cancellationToken)
    {
        var page = turn as Turn.Page;
        TurnLog.Reached(logger, TurnStep.Read);
        var events = page is null ? [] : page.Parsed ?? ParsedEvent.ParseAll(page.Events, page.Source, interest);
        TurnLog.Reached(logger, TurnStep.Parsed);
        var fresh = await memory.Know<SeenRecords>().NewAsync(events, cancellationToken);
        TurnLog.Reached(logger, TurnStep.Deduplicated);
        var work = turn as Turn.OwnWork;
        var findings = await NewAsync(work?.Findings ?? [], memory, cancellationToken);

        var now = time.GetUtcNow();
        foreach (var part in memory.Parts)
            await part.BeginAsync(turn, now, database, cancellationToken);
        if (page is not null)
            See(page, events, memory);
        if (page?.PassedOver is { } passedOver)
            Count(passedOver, page.Events.Count, events.Count - fresh.Count, memory.Know<Counters>());
        var corrections = await Corrections.OfAsync(fresh, memory.Know<SeenRecords>(), cancellationToken);
        var records = Accept(fresh, corrections, page, memory, now);
        Count(records, corrections, memory, now);
        TurnLog.Reached(logger, TurnStep.Counted);

        work?.Do?.Invoke(memory);
        var moment = new TurnMoment(now, watermarks.Of(memory, now));
        foreach (var observation in records)
            Judge(observation, memory, moment);
        Judge(findings, memory, moment);
        foreach (var part in memory.Parts)
            part.Advance(moment);
        _waitingRecords += fresh.Count;
        TurnLog.Reached(logger, TurnStep.Evaluated);

        var summary = new TurnSummary(page?.Events.Count ?? 0, (page?.Events.Count ?? 0) - events.Count, events.Count - fresh.Count);
        status.Report(summary, moment.Watermark);
        metrics.Report(summary);
    }

    private static async Task<IReadOnlyList<Finding>> NewAsync(IReadOnlyList<Finding> findings, TurnMemory memory, CancellationToken cancellationToken)
    {
        var fresh = await memory.Know<SeenRecords>().NewAsync([.. findings.Select(finding => new SeenFinding(finding))], cancellationToken);
        return [.. fresh.Select(seen => seen.Finding)];
    }

    /// <summary>Reads everything that is committed.</summary>
    /// <remarks>Within the fence: a commit of this process that was never answered may still be under way, and would be missing.</remarks>
    private async Task<TurnMemory> MemoryAsync(CancellationToken cancellationToken) => _memory ??= await writes.WriteAsync(
        async (connection, _) =>
        {
            var memory = new TurnMemory(scopes.CreateScope());
            foreach (var part in memory.Parts)
                await part.LoadAsync(connection, cancellationToken);
            return memory;
        },
        cancellationToken,
        repeatable: true);

    private static void See(Turn.Page page, IReadOnlyList<ParsedEvent> events, TurnMemory memory)
    {
        foreach (var part in memory.Parts)
            part.See(page.Source, events);
    }

    /// <summary>Notes what is new as seen, keeps malformed events aside, and leaves out what comes too late.</summary>
    private List<Observation> Accept(IReadOnlyList<ParsedEvent> fresh, Corrections corrections, Turn.Page? page, TurnMemory memory, DateTimeOffset now)
    {
        var (seen, counters) = (memory.Know<SeenRecords>(), memory.Know<Counters>());
        // A gap may have lasted longer than late records are waited for.
        var oldest = page?.FillsGap is null ? now - options.Retention : DateTimeOffset.MinValue;
        var records = new List<Observation>(fresh.Count);
        foreach (var item in fresh)
        {
            var eventTime = item.Record?.EventTime ?? now;
            seen.Note(item.Ids, After(eventTime > now ? eventTime : now));
            if (item.Rejection is { } rejection)
                Reject(rejection, memory);
            else if (item.ForeignStream is not null)
                counters.Add(Counter.Unbelieved);
            else if (corrections.Replaces(item.Record!.Id))
                LeaveOut(counters);
            else if (NetworkTwin.Is(item.Record!))
                counters.Add(Counter.Twins);
            else if (eventTime < oldest)
                counters.Add(Counter.TooLate);
            else if (!memory.IsOwned(item.Record!))
                records.Add(new Observation(item.Record!) { Doubt = item.Doubt });

            if (page?.IsLate == true)
                counters.Add(Counter.Late);
        }

        return records;
    }

    /// <summary>An original that comes with its correction counts for nothing, as a duplicate does.</summary>
    private static void LeaveOut(Counters counters)
    {
        counters.Add(Counter.Replaced);
        counters.Add(Counter.Duplicates);
    }

    /// <summary>What a replay reads must add up: whatever is read is counted somewhere.</summary>
    private static void Count(PassedOver passedOver, int events, int duplicates, Counters counters)
    {
        counters.Add(Counter.Read, events + passedOver.Outside + passedOver.Ignored);
        counters.Add(Counter.Duplicates, duplicates);
        counters.Add(Counter.Outside, passedOver.Outside);
        counters.Add(Counter.Ignored, passedOver.Ignored);
    }

    private static void Reject(Rejection rejection, TurnMemory memory)
    {
        memory.Know<Rejections>().Add(rejection);
        memory.Know<Counters>().Add(Counter.Malformed);
    }

    private void Count(List<Observation> records, Corrections corrections, TurnMemory memory, DateTimeOffset now)
    {
        memory.Know<Counters>().Add(Counter.Counted, records.Count);
        foreach (var observation in records)
        {
            foreach (var part in memory.Parts)
                part.Count(observation.Record);
            Correct(observation, corrections, memory, now);
        }
    }

    /// <summary>A correction takes back what its original counted for, and makes it known: it must not count if it comes later.</summary>
    private void Correct(Observation observation, Corrections corrections, TurnMemory memory, DateTimeOffset now)
    {
        var correction = observation.Record;
        if (!corrections.Originals.TryGetValue(correction.Id, out var original))
            return;

        memory.Know<SeenRecords>().Replace(original, correction.Id, corrections.IsKnown(original), After(now));
        if (!corrections.IsKnown(original))
            return;

        if (corrections.CountedOf(original) is { Content: > 0 and var content } && content != RecordContent.Of(correction))
            observation.Doubt = RecordDoubt.Correction;
        var withdrawal = new Withdrawal(correction.Addendum!.OriginalEventId!, corrections.CountedOf(original));
        foreach (var part in memory.Parts)
            part.Withdraw(withdrawal);
        memory.Know<Counters>().Add(Counter.Replaced);
    }

    private static void Judge(Observation observation, TurnMemory memory, TurnMoment moment)
    {
        foreach (var part in memory.Parts)
            part.Study(observation);
        foreach (var part in memory.Parts)
            part.Judge(observation, moment);
    }

    private void Judge(IReadOnlyList<Finding> findings, TurnMemory memory, TurnMoment moment)
    {
        foreach (var finding in findings)
            memory.Know<SeenRecords>().Note(new(finding.Id), After(finding.At));
        foreach (var finding in findings.Concat(memory.Parts.SelectMany(part => part.Findings())))
        {
            foreach (var part in memory.Parts)
                part.Judge(finding, moment);
        }
    }

    private async Task CommitAsync(TurnMemory memory, CancellationToken cancellationToken)
    {
        var parts = group.IsForReport ? [.. memory.Parts.Where(part => part.IsReplayed)] : memory.Parts;
        if (parts.Any(part => part.HasChanges))
        {
            await writes.WriteAsync(
                async (_, transaction) =>
                {
                    foreach (var part in parts)
                        await part.WriteAsync(transaction, cancellationToken);
                    TurnLog.Reached(logger, TurnStep.Written);
                    return 0;
                },
                cancellationToken);
        }

        foreach (var part in memory.Parts)
            part.Committed();
        (_waitingTurns, _waitingRecords) = (0, 0);
        TurnLog.Reached(logger, TurnStep.Committed);
    }

    /// <summary>A record may say that it is of the year 9999.</summary>
    private DateTimeOffset After(DateTimeOffset at) => at < DateTimeOffset.MaxValue - options.Retention ? at + options.Retention : DateTimeOffset.MaxValue;

    /// <summary>A finding counts once, like a record.</summary>
    private sealed record SeenFinding(Finding Finding) : ISeenItem
    {
        public RecordIds Ids { get; } = new(Finding.Id);

        public void Contradict(RecordDoubt doubt)
        {
        }
    }
}
