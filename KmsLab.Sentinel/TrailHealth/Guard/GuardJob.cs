using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Looks at the way of the evidence every minute, and takes in what people accept.</summary>
internal sealed partial class GuardJob(
    Pipeline pipeline, Database database, GuardLook look, GuardCalls calls, KeyHome home, CanaryState canary, GuardState state,
    GuardOptions options, AuditPathOptions path, SourceOptions sources, TimeProvider time, ILogger<GuardJob> logger) : IJob
{
    private const int MostAcceptances = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    private readonly BackgroundCall<GuardReport> _pending = new(Patience, time);
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _searchedAt = DateTimeOffset.MinValue;
    private int _nextKey;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled)
            return;

        await AcceptAsync(cancellationToken);
        if (TakeReport() is { } report)
            await TakeAsync(report, cancellationToken);
        if (!_pending.IsOut && time.GetUtcNow() - _lookedAt >= options.Interval)
            await LookAsync(cancellationToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _lookedAt = time.GetUtcNow();
        var store = await pipeline.KnowAsync<GuardStore>(cancellationToken);
        var plan = Plan(store, await pipeline.KnowAsync<ProtectedKeys>(cancellationToken));
        var startedAt = _lookedAt;
        _pending.Start(async stop => await look.LookAsync(plan, stop) with { StartedAt = startedAt }, cancellationToken);
    }

    private GuardPlan Plan(GuardStore store, ProtectedKeys protectedKeys)
    {
        var trails = path.TrailArns.Concat(store.Facts.Select(fact => fact.Resource).Where(AuditResource.IsTrail)).Distinct(StringComparer.Ordinal).ToList();
        var find = path.TrailArns.Length == 0 && (trails.Count == 0 || _lookedAt - _searchedAt >= options.SurveyInterval);
        if (find)
            _searchedAt = _lookedAt;

        List<string> evidence = canary.KeyArn is { } key ? [key] : [];
        List<string> others = [.. protectedKeys.All.Where(home.Has).Except(evidence).Order(StringComparer.Ordinal)];
        return new(trails, sources.EffectiveLogGroups, find, [.. evidence, .. NextOf(others)], [.. evidence, .. others]);
    }

    /// <summary>Some of the protected keys, each in its turn.</summary>
    private IEnumerable<string> NextOf(List<string> keys)
    {
        var count = Math.Min(keys.Count, options.KeysPerLook);
        var first = _nextKey;
        _nextKey += count;
        return Enumerable.Range(first, count).Select(index => keys[index % keys.Count]);
    }

    /// <summary>Takes a look that has ended. What went wrong is shown, and the next look comes in a minute.</summary>
    private GuardReport? TakeReport() => _pending.TryTake(out var report, again: () => { }, Failed) ? report : null;

    private void Failed(Exception problem)
    {
        state.Last = state.Last with { Problems = [new("*", "*", $"{problem.GetType().Name}: {problem.Message}")] };
        Log.Failed(logger, problem);
    }

    private async Task TakeAsync(GuardReport report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var refused = calls.TakeRefused();
        await pipeline.TakeAsync(
            new Turn.OwnWork(memory =>
            {
                memory.Know<OwnRefusals>().Note(refused, now);
                memory.Know<GuardStore>().Take(report, memory.Know<ProtectedKeys>().SetOf, now);
            }),
            cancellationToken);
        foreach (var problem in report.Problems.Except(state.Last.Problems))
            Log.CallFailed(logger, problem.Action, problem.Resource, problem.Problem);
        state.Last = new(now, report.Problems);
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        // Nothing departs, nothing is to be accepted.
        if (!(await pipeline.KnowAsync<GuardStore>(cancellationToken)).Departures.Any())
            return;

        var accepted = await database.ReadAsync(connection => GuardRows.AcceptancesAsync(connection, pending: true, MostAcceptances, cancellationToken), cancellationToken);
        if (accepted.Count == 0)
            return;

        await pipeline.TakeAsync(
            new Turn.OwnWork(memory =>
            {
                foreach (var acceptance in accepted.Reverse())
                    memory.Know<GuardStore>().Accept(acceptance);
            }),
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The trail guard could not look.")]
        public static partial void Failed(ILogger logger, Exception problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The trail guard's call {Action} on {Resource} did not succeed: {Problem}")]
        public static partial void CallFailed(ILogger logger, string action, string resource, string problem);
    }
}
