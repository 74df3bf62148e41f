using Amazon.Runtime;
using KmsLab.Simulator.Live;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator;

/// <summary>Runs scenarios for real: HTTP calls to CryptoApi, SDK calls to the AWS endpoint, with credentials of their own.</summary>
/// <param name="target">What they are aimed at: loopback only, unless the account is said to be one's own.</param>
/// <param name="time">The clock.</param>
public sealed class LiveSimulator(LabTarget target, TimeProvider time)
{
    /// <summary>Runs one scenario and puts right what it changed.</summary>
    /// <param name="scenarioId">Its id.</param>
    /// <param name="settings">How it goes.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends it; what was changed is put right all the same.</param>
    /// <returns>What was an attack, and when.</returns>
    /// <exception cref="SimulatorException">
    /// It can't run so; the message says what to change. Or something that it changed could not be put right, also after <paramref name="cancellationToken"/> ended it;
    /// the message says what, and the command that does it by hand.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it, and everything is as it was.</exception>
    public async Task<GroundTruth> RunAsync(string scenarioId, LiveSettings settings, IProgress<ScenarioProgress>? progress, CancellationToken cancellationToken)
    {
        var scenario = ScenarioCatalog.Find(scenarioId) ?? throw new SimulatorException($"There is no scenario '{scenarioId}'.");
        LoopbackGuard.Check(target);
        if (scenario.FilesOnly)
            throw new SimulatorException($"{scenario.Id} makes calls that the lab's endpoint does not serve. Write it to files instead: write FOLDER --scenario {scenario.Id}@8h");
        if (scenario.NeedsVault && target.Vault is null)
        {
            throw new SimulatorException(
                $"{scenario.Id} decrypts what was stolen, so it needs a copy of the application's database: name it with --vault "
                + "(vault.db in the lab's data directory, or the connection string of its PostgreSQL).");
        }

        var speed = settings.Speed ?? scenario.LiveSpeed;
        if (!(speed > 0) || settings.MaxCalls < 1 || settings.For <= TimeSpan.Zero)
            throw new SimulatorException("Speed, time and number of calls must be above 0.");

        var begun = time.GetUtcNow();
        using var performer = new LivePerformer(target, begun);
        var run = new LiveRun(scenario, settings, performer, time, progress);
        var plan = LivePlan.Of(scenario, settings, target, speed);
        await SetUpAsync(scenario, plan, run, performer, cancellationToken);
        await run.PerformAsync(plan.Steps, TotalOf(scenario, plan, settings), speed, cancellationToken);
        return TruthOf(scenario, settings, run, performer, plan, begun);
    }

    private async Task SetUpAsync(ScenarioInfo scenario, Plan plan, LiveRun run, LivePerformer performer, CancellationToken cancellationToken)
    {
        try
        {
            await performer.FindKeyAsync(cancellationToken);
            await run.StoreAsync(LivePlan.RecordsOf(scenario), cancellationToken);
            if (scenario.NeedsVault)
            {
                var thief = Cast.Thief(new World(0, target.AccountId, target.Region) { ApplicationRole = target.ApplicationRole });
                await performer.StealAsync(target.Vault!, thief, LivePlan.RecordsOf(scenario), cancellationToken);
            }

            if (scenario.IsAttack && plan.Steps.Select(step => step.Act).OfType<UseKey>().Where(use => use.Region is not null).ToList() is { Count: > 0 } reads)
                await run.PrepareAsync(() => performer.MakeFamilyAsync(reads, cancellationToken));
        }
        catch (Exception problem) when (problem is AmazonServiceException or HttpRequestException or AmazonClientException)
        {
            throw new SimulatorException(
                $"{scenario.Id} could not be set up: {problem.Message} Does the lab run at {target.CryptoApi} and {target.LocalAws}? Start it with: dotnet run --project KmsLab.AppHost", problem);
        }
    }

    /// <summary>How many calls are planned; of a normal day, which is made as it goes, the most that there may be.</summary>
    private static int TotalOf(ScenarioInfo scenario, Plan plan, LiveSettings settings) => scenario.IsAttack ? Math.Min(settings.MaxCalls, plan.Steps.Count()) : settings.MaxCalls;

    private GroundTruth TruthOf(ScenarioInfo scenario, LiveSettings settings, LiveRun run, LivePerformer performer, Plan plan, DateTimeOffset begun)
    {
        var end = time.GetUtcNow();
        var note = performer.Clients.ShareAnAddress && target.ApiKey is null
            ? "This machine gives clients no addresses of their own (127.0.1.x), so the application takes all of them for one."
            : null;
        return new(
            scenario.Id, settings.Seed, begun, end, [.. plan.Attacks.Select(attack => run.Happened(attack, end)).OfType<AttackSpan>()], run.Calls, run.Failed,
            string.Join(' ', new[] { run.Problem, note }.OfType<string>()) is { Length: > 0 } notes ? notes : null);
    }
}
