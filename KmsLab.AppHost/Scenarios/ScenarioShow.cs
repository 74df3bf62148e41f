using KmsLab.Simulator;

namespace KmsLab.AppHost.Scenarios;

/// <summary><c>--scenario ID</c>: normal traffic, then the attack in the midst of it, then what was detected, when, and what was missed.</summary>
internal sealed class ScenarioShow(Uri sentinel, LabTarget target, TimeProvider time, TextWriter output)
{
    /// <summary>So much normal traffic first.</summary>
    private static readonly TimeSpan Prelude = TimeSpan.FromSeconds(15);

    /// <summary>How long an expected alarm is waited for, after the attack.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Plays it.</summary>
    /// <exception cref="SimulatorException">It can't be played, or left something as it was not; the message says why.</exception>
    public async Task<ScenarioReport> RunAsync(ScenarioInfo scenario, int seed, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = sentinel };
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begin = time.GetUtcNow();
        await output.WriteLineAsync("Normal traffic: a day in 24 minutes.");
        var normal = scenario.IsAttack ? new LiveSimulator(target, time).RunAsync("normal", new LiveSettings(seed), null, enough.Token) : Task.CompletedTask;
        ScenarioReport report;
        try
        {
            if (scenario.IsAttack)
                await Task.Delay(Prelude, time, cancellationToken);
            var before = ScenarioReport.FiringSince(begin, await AlarmsAsync(http, cancellationToken));

            await output.WriteLineAsync($"{scenario.Id}: {scenario.Title}.");
            var truth = await new LiveSimulator(target, time).RunAsync(scenario.Id, new LiveSettings(seed), new ProgressLines(output, time), cancellationToken);
            report = await ReportAsync(http, scenario, truth, before, cancellationToken);
        }
        finally
        {
            await enough.CancelAsync();
            await normal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return report with { NormalProblem = normal.Exception?.InnerException?.Message };
    }

    private async Task<ScenarioReport> ReportAsync(
        HttpClient http, ScenarioInfo scenario, GroundTruth truth, IReadOnlyList<SeenAlarm> before, CancellationToken cancellationToken)
    {
        var end = time.GetTimestamp();
        while (true)
        {
            var report = ScenarioReport.Of(truth, scenario.Expected, before, await AlarmsAsync(http, cancellationToken));
            if (report.Findings.All(finding => finding.Alarm is not null) || time.GetElapsedTime(end) > Patience)
                return report;
            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<SeenAlarm>> AlarmsAsync(HttpClient http, CancellationToken cancellationToken) =>
        await http.GetFromJsonAsync<IReadOnlyList<SeenAlarm>>("/api/alarms", cancellationToken) ?? [];
}
