using KmsLab.Sentinel.Dashboard.Scenarios;
using KmsLab.Simulator;

namespace KmsLab.Tests.InProcess;

/// <summary>Plays the simulator's scenarios against this lab, one at a time, for the page's buttons.</summary>
internal sealed class LabStage(LabTarget target, TimeProvider time) : IScenarioStage, IAsyncDisposable
{
    private const int RunsKept = 20;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly List<StageRun> _runs = [];
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public IReadOnlyList<StageScenario> Scenarios { get; } =
        [.. ScenarioCatalog.All.Select(scenario => new StageScenario(scenario.Id, scenario.Title, scenario.About, scenario.IsAttack, scenario.Expected))];

    public IReadOnlyList<StageRun> Runs
    {
        get
        {
            lock (_lock)
                return [.. _runs];
        }
    }

    public string? Start(string scenario)
    {
        lock (_lock)
        {
            if (ScenarioCatalog.Find(scenario) is null)
                return $"There is no scenario {scenario}.";
            if (_runs is [{ To: null } running, ..])
                return $"{running.Scenario} is still running: stop it, or wait for its end.";
            if (_closed.IsCancellationRequested)
                return "The lab is stopping.";

            _runs.Insert(0, new StageRun(scenario, time.GetUtcNow(), null, "starting", 0, 1, null, null));
            if (_runs.Count > RunsKept)
                _runs.RemoveAt(RunsKept);
            _stop?.Dispose();
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
            var seed = (int)(time.GetUtcNow().ToUnixTimeSeconds() & 0xFFFF);
            var stopped = _stop.Token;
            _running = Task.Run(() => RunAsync(scenario, new LiveSettings(seed), stopped));
            return null;
        }
    }

    public void Stop()
    {
        lock (_lock)
            _stop?.Cancel();
    }

    /// <summary>Ends what is running, waits until what it changed is put right, and tells on the console when that failed: nobody sees the page any more.</summary>
    public async ValueTask DisposeAsync()
    {
        var wasRunning = Runs is [{ To: null }, ..];
        await _closed.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (wasRunning && Runs[0].Problem is { } problem)
            await Console.Error.WriteLineAsync(problem);
        lock (_lock)
        {
            _stop?.Dispose();
            _stop = null;
        }

        _closed.Dispose();
    }

    private async Task RunAsync(string scenario, LiveSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            var truth = await new LiveSimulator(target, time).RunAsync(scenario, settings, new Progress(this), cancellationToken);
            Change(run => run with { Phase = "done", Done = run.Total, Note = truth.Note });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Change(run => run with { Phase = "stopped" });
        }
        // The edge of a run: whatever goes wrong is told on the page, and the lab goes on.
        catch (Exception problem)
        {
            Change(run => run with { Phase = cancellationToken.IsCancellationRequested ? "stopped" : "failed", Problem = problem.Message });
        }
        finally
        {
            Change(run => run with { To = time.GetUtcNow() });
        }
    }

    private void Change(Func<StageRun, StageRun> change)
    {
        lock (_lock)
            _runs[0] = change(_runs[0]);
    }

    /// <summary>Told on the run's own thread, in order; <see cref="Progress{T}"/> would shuffle.</summary>
    private sealed class Progress(LabStage stage) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value) => stage.Change(
            run => run with { Phase = value.Note is { } note ? $"{value.Phase}: {note}" : value.Phase, Done = value.Done, Total = Math.Max(1, value.Total) });
    }
}
