using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Judges what canaries that don't come back mean.</summary>
/// <remarks>
/// A canary is overdue once a complete read of the source that began <c>LateAfter</c> or more after its call has not brought it; a source that can't be read
/// misses nothing, that is another matter. Overdue and in the event history, it passed the source by: late at first, and after <c>BlindedAfter</c>
/// kept from it. In neither, CloudTrail itself is late. One that never came though later ones did is a gap: the trail was off for a while.
/// </remarks>
internal sealed class CanaryWatch(Pipeline pipeline, SourceNames sources, CanaryState state, CanaryOptions canary, DeliveryOptions delivery, TurnOptions turns)
{
    private readonly string[] _sources = [.. sources.All];

    /// <summary>Whether the event history is there to fall back on: not where it is read anyway.</summary>
    public bool MayUseHistory => canary.IsOn && !_sources.Contains(CanaryStore.History);

    /// <summary>From when on the event history is needed because a source is silent, or had a gap; null when none is.</summary>
    public async Task<DateTimeOffset?> HistoryNeededFromAsync(CancellationToken cancellationToken)
    {
        var store = await pipeline.KnowAsync<CanaryStore>(cancellationToken);
        DateTimeOffset? from = null;
        foreach (var (source, read) in await ReadsAsync(store, cancellationToken))
        {
            var (silence, gaps) = Look(store, source, read);
            if (silence.Count > 0)
                Need((store.NewestReachOf(source) is { } reach && reach < silence[0].CalledAt ? reach : silence[0].CalledAt) - turns.AllowedLateness);
            if (gaps.Count > 0)
                Need(gaps[0].CalledAt - canary.Interval - turns.AllowedLateness);
        }

        return from;

        void Need(DateTimeOffset since)
        {
            var withSkew = since - AttestationVerifier.Freshness;
            from = withSkew < from ? withSkew : from ?? withSkew;
        }
    }

    /// <summary>What there is to say now, and what that changes in the store.</summary>
    public async Task<Turn.OwnWork?> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var store = await pipeline.KnowAsync<CanaryStore>(cancellationToken);
        var findings = new List<Finding>();
        var passages = new List<(long Sequence, string Source, PassageState State)>();
        if (ProblemOf(store, now) is { } problem)
            findings.Add(problem);
        var history = await pipeline.LastCompleteReadAsync(CanaryStore.History, cancellationToken);
        foreach (var (source, read) in await ReadsAsync(store, cancellationToken))
        {
            var (silence, gaps) = Look(store, source, read);
            JudgeSilence(store, source, silence, history, read, now, findings, passages);
            JudgeGaps(store, source, gaps, read, now, findings, passages);
        }

        return findings.Count + passages.Count == 0 ? null : new Turn.OwnWork(findings, memory => Pass(memory.Know<CanaryStore>(), passages, now));
    }

    private static void Pass(CanaryStore store, List<(long Sequence, string Source, PassageState State)> passages, DateTimeOffset now)
    {
        foreach (var (sequence, source, passage) in passages)
        {
            if (store.Calls.FirstOrDefault(call => call.Sequence == sequence) is { } call)
                store.Pass(call, source, passage, now);
        }
    }

    private async Task<List<(string Source, DateTimeOffset Read)>> ReadsAsync(CanaryStore store, CancellationToken cancellationToken)
    {
        var reads = new List<(string, DateTimeOffset)>();
        foreach (var source in _sources.Where(store.Brings))
        {
            if (await pipeline.LastCompleteReadAsync(source, cancellationToken) is { } read)
                reads.Add((source, read));
        }

        return reads;
    }

    /// <summary>What is overdue since the last canary that came through, and what is overdue though a later one came.</summary>
    private static (List<CanaryCall> Silence, List<CanaryCall> Gaps) Look(CanaryStore store, string source, DateTimeOffset read)
    {
        var last = store.NewestThrough(source)?.Sequence ?? 0;
        var overdue = store.Overdue(source, read).ToList();
        return ([.. overdue.Where(call => call.Sequence > last)], [.. overdue.Where(call => call.Sequence < last && !call.IsSettled(source))]);
    }

    private void JudgeSilence(
        CanaryStore store, string source, List<CanaryCall> silence, DateTimeOffset? history, DateTimeOffset read, DateTimeOffset now,
        List<Finding> findings, List<(long, string, PassageState)> passages)
    {
        if (silence.Count == 0)
            return;

        var inHistory = silence.Where(store.IsInHistory).ToList();
        var blinded = source == CanaryStore.History ? [] : inHistory.Where(call => call.CalledAt + delivery.BlindedAfter <= read).ToList();
        passages.AddRange(inHistory.Except(blinded).Where(call => !call.Passages.ContainsKey(source)).Select(call => (call.Sequence, source, PassageState.Bypassed)));
        passages.AddRange(blinded.Where(call => !call.IsSettled(source)).Select(call => (call.Sequence, source, PassageState.Lost)));

        var last = store.NewestThrough(source) is { } newest ? $"the last one to come was that of {Instants.Text(newest.CalledAt)}" : "none ever came";
        findings.Add(blinded.Count > 0
            ? new(
                TrailBlinding.Id, AuditResource.GroupOf(source), now, "LookupEvents",
                $"{blinded.Count} canary calls since {Instants.Text(blinded[0].CalledAt)} are in CloudTrail's event history and did not come through {source} ({last}): the trail, its event selectors or its way there was cut")
            : new(
                "delivery-silent", new DetectionGroup([new("source", source)]), now, "Canary",
                $"the canary call of {Instants.Text(silence[0].CalledAt)} has not come back within {delivery.LateAfter.TotalSeconds:0} s ({last}); {HistorySays(source, inHistory.Count > 0, history >= silence[0].CalledAt + delivery.LateAfter)}"));
    }

    private void JudgeGaps(
        CanaryStore store, string source, List<CanaryCall> gaps, DateTimeOffset read, DateTimeOffset now, List<Finding> findings, List<(long, string, PassageState)> passages)
    {
        var due = gaps.Where(call => call.CalledAt + delivery.BlindedAfter <= read).ToList();
        var kept = due.Where(call => source != CanaryStore.History && store.IsInHistory(call)).ToList();
        // What not even the event history has by now, CloudTrail itself lost; nobody kept it from anybody.
        var forgotten = due.Except(kept).Where(call => !MayUseHistory || call.CalledAt + (delivery.BlindedAfter * 3) <= read);
        passages.AddRange(kept.Concat(forgotten).Select(call => (call.Sequence, source, PassageState.Lost)));
        if (kept.Count > 0)
        {
            findings.Add(new(
                TrailBlinding.Id, AuditResource.GroupOf(source), now, "LookupEvents",
                $"{kept.Count} canary calls from {Instants.Text(kept[0].CalledAt)} to {Instants.Text(kept[^1].CalledAt)} never came through {source}, though later ones did, and are in CloudTrail's event history: the trail was cut for that time"));
        }
    }

    private string HistorySays(string source, bool hasIt, bool wasAsked) => (hasIt, source, state.HistoryProblem) switch
    {
        (_, CanaryStore.History, _) => "CloudTrail is late",
        (true, _, _) => "CloudTrail's event history has it, so delivery is late, or was cut; detection goes on from the event history",
        (_, _, { } problem) => $"CloudTrail's event history can't be asked: {problem}",
        _ when wasAsked => "CloudTrail's event history does not have it either, so CloudTrail is late",
        _ => "CloudTrail's event history is being asked for it",
    };

    /// <summary>A canary that can't even be made.</summary>
    private Finding? ProblemOf(CanaryStore store, DateTimeOffset now)
    {
        if (!canary.IsOn)
            return null;
        if (state.KeyProblem is { } noKey)
            return new("delivery-silent", new DetectionGroup([new("source", "canary")]), now, "Canary", $"the canary's key can't be found: {noKey}");

        var ended = store.Calls.LastOrDefault(call => call.Outcome != CanaryOutcome.Unknown);
        if (ended?.Problem is not { } problem)
            return null;

        var since = store.Calls.LastOrDefault(call => call.Outcome == CanaryOutcome.Answered)?.CalledAt ?? store.Calls[0].CalledAt;
        if (problem.IsTransient)
        {
            return now - since < delivery.UnreadableAfter
                ? null
                : new("delivery-silent", new DetectionGroup([new("source", "canary")]), now, "Canary", $"no canary call succeeded since {Instants.Text(since)}: {problem.Text}");
        }

        return new(TrailBlinding.Id, AuditResource.GroupOf(ended.KeyArn), now, "Canary", $"the canary call fails, so that nobody knows whether the trail delivers: {problem.Text}", ended.KeyArn);
    }
}
