using KmsLab.Simulator.Service;
using KmsLab.Simulator.Verdicts;
using Microsoft.Extensions.Options;

namespace KmsLab.Simulator.Runs;

/// <summary>Plays a run and makes its verdict.</summary>
/// <remarks>
/// An attack amid normal traffic has some of it go first and the rest around it. Afterwards the expected alarms are waited for.
/// </remarks>
internal sealed partial class RunPlayer(
    IOptions<SimulatorOptions> options, IConfiguration configuration, SentinelAlarms sentinel, TimeProvider time, ILogger<RunPlayer> logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than the longest attack with what is before and after it.</summary>
    private static readonly TimeSpan NormalFor = TimeSpan.FromMinutes(40);

    /// <summary>Sentinel may be restarted while it is asked; that often in a row it is not there.</summary>
    private const int FailuresBorne = 4;

    /// <summary>Plays it, and returns when its verdict is made. The run is told of everything on the way.</summary>
    /// <exception cref="SimulatorException">
    /// It can't be played, left something as it was not, or Sentinel can't be asked; the message says why.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped, and everything is as it was.</exception>
    public async Task PlayAsync(Run run)
    {
        var simulator = new LiveSimulator(options.Value.TargetIn(configuration), time);
        if (!run.Scenario.IsAttack)
        {
            run.Tell(await simulator.RunAsync(run.Scenario.Id, run.Settings, ProgressOf(run), run.Stopped));
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(run.Stopped);
        var normal = run.IsAmidNormalTraffic
            ? simulator.RunAsync("normal", Normally(run.Settings.Seed), null, enough.Token)
            : Task.CompletedTask;
        try
        {
            var before = run.IsAmidNormalTraffic ? await PreludeAsync(run) : [];
            await AttackAsync(simulator, run, before);
            await WaitForAlarmsAsync(run, before, () => normal.Exception?.InnerException?.Message);
        }
        finally
        {
            await enough.CancelAsync();
            await normal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static LiveSettings Normally(int seed) => new(seed, MaxCalls: int.MaxValue) { For = NormalFor };

    /// <summary>Lets the normal traffic go alone for a while.</summary>
    /// <returns>What fires of it: false alarms.</returns>
    private async Task<IReadOnlyList<SeenAlarm>> PreludeAsync(Run run)
    {
        Enter(run, "normal traffic first");
        var begin = time.GetUtcNow();
        await Task.Delay(options.Value.Prelude, time, run.Stopped);
        return [.. (await sentinel.ReadAsync(run.Stopped)).Where(alarm => alarm.IsFiring(begin))];
    }

    /// <summary>Makes the attack's calls, and says meanwhile what is found of them.</summary>
    private async Task AttackAsync(LiveSimulator simulator, Run run, IReadOnlyList<SeenAlarm> before)
    {
        var attack = simulator.RunAsync(run.Scenario.Id, run.Settings, ProgressOf(run), run.Stopped);

        // Not ended by the run's own token: an attack that is stopped puts things right first.
        while (await Task.WhenAny(attack, Task.Delay(LookInterval, time, CancellationToken.None)) != attack)
        {
            if (run.Began is { } began && !run.Stopped.IsCancellationRequested)
                await GlanceAsync(run, began, before);
        }

        run.Tell(await attack);
    }

    /// <summary>Only for who watches: the verdict is made after the attack, and by then Sentinel may answer again.</summary>
    private async Task GlanceAsync(Run run, DateTimeOffset began, IReadOnlyList<SeenAlarm> before)
    {
        try
        {
            run.Tell(Verdict.Of(began, run.Scenario.Expected, before, await sentinel.ReadAsync(run.Stopped), isOver: false));
        }
        catch (Exception problem) when (problem is SimulatorException or OperationCanceledException)
        {
        }
    }

    private async Task WaitForAlarmsAsync(Run run, IReadOnlyList<SeenAlarm> before, Func<string?> normalProblem)
    {
        Enter(run, "waiting for Sentinel's alarms");
        var end = time.GetTimestamp();
        while (true)
        {
            var alarms = await AlarmsAsync(run);
            var isOver = time.GetElapsedTime(end) > options.Value.Patience;
            var verdict = Verdict.Of(run.Began!.Value, run.Scenario.Expected, before, alarms, isOver, normalProblem());
            run.Tell(verdict);
            if (verdict.HasAll() || isOver)
                return;
            await Task.Delay(LookInterval, time, run.Stopped);
        }
    }

    private async Task<IReadOnlyList<SeenAlarm>> AlarmsAsync(Run run)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await sentinel.ReadAsync(run.Stopped);
            }
            catch (SimulatorException) when (failures < FailuresBorne)
            {
                await Task.Delay(LookInterval, time, run.Stopped);
            }
            catch (SimulatorException)
            {
                run.Tell((Verdict?)null); // A verdict of before would look like the last word.
                throw;
            }
        }
    }

    private void Enter(Run run, string phase)
    {
        run.Tell(phase);
        Log.Phase(logger, run.Scenario.Id, phase);
    }

    private TwoListeners ProgressOf(Run run) => new(run, new ProgressLog(logger, time));

    private sealed class TwoListeners(IProgress<ScenarioProgress> first, IProgress<ScenarioProgress> second) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value)
        {
            first.Report(value);
            second.Report(value);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Scenario}: {Phase}.")]
        public static partial void Phase(ILogger logger, string scenario, string phase);
    }
}
