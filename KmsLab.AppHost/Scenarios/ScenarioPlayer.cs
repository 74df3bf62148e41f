using Spectre.Console;

namespace KmsLab.AppHost.Scenarios;

/// <summary><c>--scenario ID</c>: plays it amid normal traffic, and prints what was detected.</summary>
internal sealed class ScenarioPlayer(Scenario scenario, int seed)
{
    /// <summary>Something that was expected was not found, something fired that should not have, or there was no normal traffic.</summary>
    public const int Missed = 3;

    /// <summary>A signal ended it, so nothing is known: 128 and SIGINT's 2, as shells have it.</summary>
    public const int Interrupted = 130;

    private const int Failed = 1;

    /// <summary>Plays it.</summary>
    /// <param name="simulator">Where the simulator listens; null: a real account, which is never attacked.</param>
    /// <param name="cancellationToken">Ends it; what it changed is put right first.</param>
    /// <returns>The exit code: 0 when all was as expected, 3 when not, 1 when it could not be played, 130 after a signal.</returns>
    /// <exception cref="LabException">It could not be begun.</exception>
    public async Task<int> PlayAsync(Uri? simulator, CancellationToken cancellationToken)
    {
        using var client = new SimulatorClient(simulator
            ?? throw new LabException("a real account has no simulator: no scenario is played there.") { Aim = "play the scenario" });
        var run = await client.StartAsync(scenario.Id, seed, amidNormalTraffic: true, CancellationToken.None);
        await Console.Out.WriteLineAsync($"{scenario.Id}: {scenario.Title}.");
        run = await client.FollowAsync(run, entered => Console.WriteLine($"  {entered.Phase}"), cancellationToken);
        if (cancellationToken.IsCancellationRequested)
            return await EndedAsync(run);

        if (run.Verdict is not { } verdict)
            throw new LabException(run.Problem ?? $"the run is {run.State}, without a verdict.") { Aim = "play the scenario" };
        ScenarioTables.Print(run, verdict, AnsiConsole.Console);
        return verdict.IsGood ? 0 : Missed;
    }

    private static async Task<int> EndedAsync(SimulatorRun run)
    {
        if (run.Problem is not { } problem)
            return Interrupted;
        await Console.Error.WriteLineAsync(problem); // What it could not put right.
        return Failed;
    }
}
