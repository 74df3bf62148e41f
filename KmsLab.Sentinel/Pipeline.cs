using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.State;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel;

/// <summary>
/// read → parse → deduplicate → window → evaluate → emit → checkpoint. A turn's counts, seen ids, alarms, notifications and cursor are committed in
/// one transaction; whatever happens before it leaves no trace, whatever happens after it finds everything done.
/// </summary>
internal sealed partial class Pipeline(
    SentinelStore store,
    DetectionCatalog catalog,
    KnowledgeCatalog knowledge,
    AlarmDesks desks,
    RatePruning rates,
    IEnumerable<IRecordSource> sources,
    RecordInterest interest,
    TurnOptions turns,
    DeliveryOptions delivery,
    CanaryOptions canary,
    SeriesOptions series,
    WindowOptions windows,
    TimeProvider time,
    SentinelMetrics metrics,
    SentinelStatus status,
    ILogger<Pipeline> logger)
{
    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    private readonly string[] _sources = [.. sources.Select(source => source.Name)];
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private LoopMemory? _memory;
    private DateTimeOffset _prunedAt;

    /// <summary>When the last complete read of a source began, if there was one.</summary>
    public async Task<DateTimeOffset?> LastCompleteReadAsync(string source, CancellationToken cancellationToken) =>
        (await MemoryAsync(cancellationToken)).CompletedReads.TryGetValue(source, out var at) ? at : null;

    /// <summary>What the pipeline knows of one kind. For the loop's own thread, between two turns.</summary>
    public async Task<T> KnowAsync<T>(CancellationToken cancellationToken) where T : IKnowledge => (await MemoryAsync(cancellationToken)).Know<T>();

    /// <summary>Throws the memory away: another process may have written since it was read.</summary>
    public void Forget() => _memory = null;

    /// <summary>Takes a turn. After an exception the same turn may be taken again.</summary>
    public async Task TakeAsync(Turn turn, CancellationToken cancellationToken)
    {
        var memory = await MemoryAsync(cancellationToken);
        _memory = null;

        TurnLog.Reached(logger, TurnStep.Read);
        var events = Parse(turn);
        TurnLog.Reached(logger, TurnStep.Parsed);

        var fresh = await memory.Seen.NewAsync(events, item => item.Ids, cancellationToken);
        TurnLog.Reached(logger, TurnStep.Deduplicated);

        var findings = await memory.Seen.NewAsync(turn.Findings, finding => [finding.Id], cancellationToken);

        var changes = Begin(turn, memory);
        memory.Canaries.See(turn.Source, events, changes.Now);
        if (turn.CompletedAt is not null)
            memory.Canaries.Complete(turn.Source, memory.CompletedReads);
        var amendments = await Amendments.OfAsync(fresh, store, cancellationToken);
        var records = Accept(fresh, amendments, turn.Late, memory.Canaries, changes);
        foreach (var observation in records)
        {
            Count(observation.Record, memory.Series, changes);
            Amend(observation.Record, amendments, memory, changes);
        }

        TurnLog.Reached(logger, TurnStep.Counted);

        turn.Lesson?.Invoke(memory);

        var watermark = WatermarkOf(memory, changes.Now);
        changes.Watermark = watermark.Known;
        var own = memory.Know<OwnRefusals>();
        foreach (var observation in records)
        {
            foreach (var part in memory.Knowledge)
                part.Study(observation);
            if (observation.Attestation is { } verdict)
                changes.Add(verdict);
            if (!own.Owns(observation.Record))
                memory.Windows.Observe(observation, memory.Alarms, watermark, changes);
        }

        foreach (var finding in Accept(findings, changes).Concat(memory.Knowledge.SelectMany(part => part.Findings())))
            memory.Windows.Observe(finding, memory.Alarms, watermark, changes);
        foreach (var part in memory.Knowledge)
            part.Advance(watermark, changes.Now);
        if (turn.Source.Length == 0)
            memory.Desk.Take(await desks.CommandsAsync(cancellationToken), changes);
        memory.Alarms.Advance(watermark, changes.Now, changes);
        TurnLog.Reached(logger, TurnStep.Evaluated);

        if (!changes.IsEmpty)
            await store.CommitAsync(changes, cancellationToken);
        memory.Seen.Remember(changes.Seen.Select(seen => seen.Id));
        _memory = memory;
        TurnLog.Reached(logger, TurnStep.Committed);

        Publish(turn, events, fresh, changes, watermark);
    }

    /// <summary>Deletes what is older than the retention, now and then.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _prunedAt < PruneInterval)
            return;

        await store.PruneAsync(now, now - turns.Retention, cancellationToken);
        foreach (var detection in catalog.All)
            await store.PruneAsync(detection, now - turns.Retention, cancellationToken);
        await desks.PruneAsync(now, cancellationToken);
        await rates.RunAsync(now, _memory, cancellationToken);
        _memory?.Prune(now - turns.Retention, now);
        _prunedAt = now;
    }

    private async Task<LoopMemory> MemoryAsync(CancellationToken cancellationToken) =>
        _memory ??= await LoopMemory.LoadAsync(store, catalog, knowledge, desks, series, windows, cancellationToken);

    private List<ParsedEvent> Parse(Turn turn)
    {
        var events = new List<ParsedEvent>(turn.Events.Count);
        foreach (var source in turn.Events)
        {
            if (ParsedEvent.Parse(source, turn.Source, interest) is { } parsed)
                events.Add(parsed);
        }

        return events;
    }

    private TurnChanges Begin(Turn turn, LoopMemory memory)
    {
        var changes = new TurnChanges(time.GetUtcNow(), memory.Knowledge);
        changes.Positions.AddRange(turn.Positions.Select(position => (turn.Source, position)));
        if (turn.CompletedAt is { } at)
        {
            changes.Completed = (turn.Source, at);
            memory.CompletedReads[turn.Source] = at;
        }

        return changes;
    }

    /// <summary>Notes what is new as seen, keeps malformed events aside, and leaves out what comes too late.</summary>
    private List<Observation> Accept(IReadOnlyList<ParsedEvent> fresh, Amendments amendments, bool late, CanaryBook canaries, TurnChanges changes)
    {
        var records = new List<Observation>(fresh.Count);
        foreach (var item in fresh)
        {
            var eventTime = item.Record?.EventTime ?? changes.Now;
            var until = After(eventTime > changes.Now ? eventTime : changes.Now, turns.Retention);
            changes.Seen.AddRange(item.Ids.Select(id => (id, until)));

            if (item.Rejection is { } rejection)
                changes.Reject(rejection);
            else if (amendments.Replaces(item.Record!.Id))
                changes.Add(Counter.Replaced);
            else if (eventTime < changes.Now - turns.Retention)
                changes.Add(Counter.TooLate);
            else if (!canaries.Owns(item.Record!))
                records.Add(new Observation(item.Record!));

            if (late)
                changes.Add(Counter.Late);
        }

        return records;
    }

    private IReadOnlyList<Finding> Accept(IReadOnlyList<Finding> fresh, TurnChanges changes)
    {
        changes.Seen.AddRange(fresh.Select(finding => (finding.Id, After(finding.At, turns.Retention))));
        return fresh;
    }

    /// <summary>A record may say that it is of the year 9999.</summary>
    private static DateTimeOffset After(DateTimeOffset at, TimeSpan span) => at < DateTimeOffset.MaxValue - span ? at + span : DateTimeOffset.MaxValue;

    /// <summary>A correction takes back what its original counted for, and makes it known: it must not count if it comes later.</summary>
    private void Amend(CloudTrailRecord correction, Amendments amendments, LoopMemory memory, TurnChanges changes)
    {
        if (!amendments.Originals.TryGetValue(correction.Id, out var original))
            return;

        if (changes.Counted.TryGetValue(correction.Id, out var counted))
            changes.Counted[original] = counted;
        if (!amendments.IsKnown(original))
        {
            if (!changes.Seen.Exists(seen => seen.Id == original))
                changes.Seen.Add((original, After(changes.Now, turns.Retention)));
            return;
        }

        changes.Replaced.Add(original);
        if (amendments.CountedOf(original) is { } before)
            memory.Series.Withdraw(before, changes);
        memory.Windows.Withdraw(correction.Addendum!.OriginalEventId!, memory.Alarms, changes);
        changes.Add(Counter.Replaced);
    }

    /// <summary>Rates are those of key use; records of other services are read for the detections alone.</summary>
    private static void Count(CloudTrailRecord record, SeriesBook series, TurnChanges changes)
    {
        if (record.EventSource == "kms.amazonaws.com")
        {
            var ids = SeriesKey.Of(record).Select(key => series.Add(key, record.EventTime, changes)).ToList();
            changes.Counted[record.Id] = new(ids, record.EventTime.ToUnixTimeMilliseconds());
        }

        changes.Add(Counter.Counted);
    }

    /// <summary>
    /// The slowest source counts: the newest canary that it brought back or, where there is no canary, its last complete read; less the allowed lateness.
    /// </summary>
    private Watermark WatermarkOf(LoopMemory memory, DateTimeOffset now)
    {
        var slowestRead = SlowestOf(source => memory.CompletedReads.TryGetValue(source, out var at) ? at : null);
        var known = SlowestOf(source => memory.Canaries.Brings(source) ? memory.Canaries.ReachOf(source) : memory.CompletedReads.TryGetValue(source, out var at) ? at : null);
        var slowestCanary = SlowestOf(source => memory.Canaries.Brings(source) ? memory.Canaries.ReachOf(source) : DateTimeOffset.MaxValue);
        return new(
            known == DateTimeOffset.MinValue ? null : known - turns.AllowedLateness,
            now - turns.AllowedLateness,
            now - Later(slowestRead, _startedAt) > turns.StandstillLimit || now - Later(slowestCanary, _startedAt) > delivery.LateAfter + canary.Interval);
    }

    private DateTimeOffset SlowestOf(Func<string, DateTimeOffset?> reachOf) =>
        _sources.Length == 0 ? DateTimeOffset.MinValue : _sources.Min(source => reachOf(source) ?? DateTimeOffset.MinValue);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private void Publish(Turn turn, List<ParsedEvent> events, IReadOnlyList<ParsedEvent> fresh, TurnChanges changes, Watermark watermark)
    {
        var summary = new TurnSummary(turn.Events.Count, turn.Events.Count - events.Count, events.Count - fresh.Count);
        status.Report(summary, watermark);
        metrics.Report(summary, changes);
        foreach (var rejection in changes.Rejections)
            Log.Rejected(logger, rejection.Source, rejection.Origin, rejection.Problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: {Origin} is no usable CloudTrail record and was left out. {Problem}")]
        public static partial void Rejected(ILogger logger, string source, string origin, string problem);
    }
}
