using KmsLab.Simulator.Live;
using KmsLab.Simulator.Verdicts;

namespace KmsLab.Simulator.Runs;

/// <summary>A run as the service keeps it: written by whoever plays it, read by whoever asks.</summary>
internal sealed class Run : IProgress<ScenarioProgress>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop;
    private RunAnswer _answer;
    private GroundTruth? _truth;
    private DateTimeOffset? _began;

    /// <param name="scenario">What is played.</param>
    /// <param name="settings">How.</param>
    /// <param name="amidNormalTraffic">Whether normal traffic goes first, and on around an attack.</param>
    /// <param name="time">The clock.</param>
    /// <param name="serviceStops">Stops it when the service ends.</param>
    public Run(ScenarioInfo scenario, LiveSettings settings, bool amidNormalTraffic, TimeProvider time, CancellationToken serviceStops)
    {
        (Scenario, Settings, IsAmidNormalTraffic, _time) = (scenario, settings, amidNormalTraffic && scenario.IsAttack, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(serviceStops);
        Stopped = _stop.Token;
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        _answer = new(id, scenario.Id, settings.Seed, now, null, "starting", 0, 1, null, null, RunState.Running, null);
    }

    public ScenarioInfo Scenario { get; }

    public LiveSettings Settings { get; }

    public bool IsAmidNormalTraffic { get; }

    /// <summary>True when it makes normal traffic: two such days at once would be one that nobody planned.</summary>
    public bool MakesNormalTraffic => IsAmidNormalTraffic || !Scenario.IsAttack;

    /// <summary>Cancelled when it is to stop.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Ends when everything is put right.</summary>
    public Task Playing { get; set; } = Task.CompletedTask;

    /// <summary>Its state now.</summary>
    public RunAnswer Answer
    {
        get
        {
            lock (_lock)
                return _answer;
        }
    }

    /// <summary>The part of it that was an attack; null until all its calls are made.</summary>
    public GroundTruth? Truth
    {
        get
        {
            lock (_lock)
                return _truth;
        }
    }

    /// <summary>Time of the attack's first call, as far as that is known before the truth; null before.</summary>
    public DateTimeOffset? Began
    {
        get
        {
            lock (_lock)
                return _began;
        }
    }

    /// <summary>Asks it to stop; nothing to be done for one that has ended.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (_answer.To is null)
                _stop.Cancel();
        }
    }

    /// <summary>Told on the run's own thread, in order; <see cref="Progress{T}"/> would shuffle.</summary>
    public void Report(ScenarioProgress value) => Change(answer =>
    {
        if (value.Phase == LiveRun.Running)
            _began ??= _time.GetUtcNow();
        var phase = value.Note is { } note ? $"{value.Phase}: {note}" : value.Phase;
        return answer with { Phase = phase, Done = value.Done, Total = Math.Max(1, value.Total) };
    });

    /// <summary>Says what it does now.</summary>
    public void Tell(string phase) => Change(answer => answer with { Phase = phase });

    /// <summary>Says what was an attack.</summary>
    public void Tell(GroundTruth truth) => Change(answer =>
    {
        _truth = truth;
        _began = truth.Attacks.Count > 0 ? truth.Attacks.Min(attack => attack.FirstCall) : truth.From;
        return answer with { Done = answer.Total, Note = truth.Note };
    });

    /// <summary>Says what was found, so far.</summary>
    public void Tell(Verdict? verdict) => Change(answer => answer with { Verdict = verdict });

    /// <summary>Ends it.</summary>
    public void End(RunState state, string? problem)
    {
        var phase = state switch { RunState.Done => "done", RunState.Stopped => "stopped", _ => "failed" };
        Change(answer => answer with { State = state, Phase = phase, Problem = problem, To = _time.GetUtcNow() });
    }

    public void Dispose() => _stop.Dispose();

    private void Change(Func<RunAnswer, RunAnswer> change)
    {
        lock (_lock)
            _answer = change(_answer);
    }
}
