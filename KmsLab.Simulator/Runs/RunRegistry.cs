namespace KmsLab.Simulator.Runs;

/// <summary>The runs of this service: one attack at a time, and a normal day beside it.</summary>
/// <remarks>A hosted service for its end: an attack puts right what it changed before the process is gone.</remarks>
internal sealed partial class RunRegistry(RunPlayer player, TimeProvider time, ILogger<RunRegistry> logger) : IHostedService, IDisposable
{
    private const int RunsKept = 20;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly List<Run> _runs = [];

    /// <summary>The latest runs, newest first.</summary>
    public IReadOnlyList<Run> Latest
    {
        get
        {
            lock (_lock)
                return [.. _runs];
        }
    }

    /// <summary>The run with this id; null when there is none, or none any more.</summary>
    public Run? Find(string id) => Latest.FirstOrDefault(run => run.Answer.Id == id);

    /// <summary>Begins a scenario, and returns at once.</summary>
    /// <returns>The run, or why it can't begin, in words.</returns>
    public (Run? Run, string? Refusal) Start(ScenarioInfo scenario, LiveSettings settings, bool amidNormalTraffic)
    {
        lock (_lock)
        {
            if (_closed.IsCancellationRequested)
                return (null, "The simulator is stopping.");

            var run = new Run(scenario, settings, amidNormalTraffic, time, _closed.Token);
            if (RefusalOf(run) is { } refusal)
            {
                run.Dispose();
                return (null, refusal);
            }

            _runs.Insert(0, run);
            Forget();
            run.Playing = Task.Run(() => PlayAsync(run));
            return (run, null);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops what is running, and waits until what it changed is put right.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _closed.CancelAsync();
        foreach (var run in Latest)
            await run.Playing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
        _closed.Dispose();
    }

    private string? RefusalOf(Run wanted)
    {
        foreach (var running in _runs.Where(run => run.Answer.To is null))
        {
            var other = running.Scenario.Id;
            if (running.Scenario.IsAttack == wanted.Scenario.IsAttack)
                return $"{other} is still running: stop it, or wait for its end.";
            if (running.MakesNormalTraffic && wanted.MakesNormalTraffic)
            {
                var instead = wanted.Scenario.IsAttack ? "attack without normal traffic of its own" : "wait for its end";
                return $"{other} makes normal traffic already: stop it, or {instead}.";
            }
        }

        return null;
    }

    /// <summary>The oldest that have ended; one that is running is never forgotten.</summary>
    private void Forget()
    {
        for (var last = _runs.Count - 1; last >= 0 && _runs.Count > RunsKept; last--)
        {
            if (_runs[last].Answer.To is null)
                continue;
            _runs[last].Dispose();
            _runs.RemoveAt(last);
        }
    }

    private async Task PlayAsync(Run run)
    {
        var (state, problem) = await OutcomeAsync(run);
        run.End(state, problem);
        Tell(run.Answer);
    }

    private async Task<(RunState State, string? Problem)> OutcomeAsync(Run run)
    {
        Log.Begins(logger, run.Scenario.Id, run.Answer.Id, run.Settings.Seed);
        try
        {
            await player.PlayAsync(run);
            return (RunState.Done, null);
        }
        catch (OperationCanceledException) when (run.Stopped.IsCancellationRequested)
        {
            return (RunState.Stopped, null);
        }
        catch (SimulatorException problem)
        {
            return (run.Stopped.IsCancellationRequested ? RunState.Stopped : RunState.Failed, problem.Message);
        }
        // The edge of a run: whatever goes wrong is told to who asks for it, and the service goes on.
        catch (Exception problem)
        {
            Log.Broke(logger, problem, run.Scenario.Id);
            return (RunState.Failed, problem.Message);
        }
    }

    private void Tell(RunAnswer ended)
    {
        if (ended.Problem is { } problem)
            Log.Problem(logger, ended.Scenario, ended.Phase, problem);
        else
            Log.Ended(logger, ended.Scenario, ended.Phase, ended.Verdict is { } verdict ? $": {verdict.Summary}" : "");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Scenario} begins: run {Run}, seed {Seed}.")]
        public static partial void Begins(ILogger logger, string scenario, string run, int seed);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Scenario} is {State}{Verdict}.")]
        public static partial void Ended(ILogger logger, string scenario, string state, string verdict);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Scenario} is {State}. {Problem}")]
        public static partial void Problem(ILogger logger, string scenario, string state, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Scenario} ended by a fault of the simulator.")]
        public static partial void Broke(ILogger logger, Exception problem, string scenario);
    }
}
