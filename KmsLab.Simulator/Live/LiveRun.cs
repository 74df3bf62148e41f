using Amazon.Runtime;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>One run of one plan: in its time, within its bounds, and put right at the end.</summary>
internal sealed class LiveRun(ScenarioInfo scenario, LiveSettings settings, LivePerformer performer, TimeProvider time, IProgress<ScenarioProgress>? progress)
{
    /// <summary>The phase in which the calls are made.</summary>
    public const string Running = "running";

    private static readonly TimeSpan RestoreTimeout = TimeSpan.FromSeconds(60);

    private readonly List<(Step Step, DateTimeOffset Begun, DateTimeOffset Ended)> _made = [];
    private int _total;
    private string? _problem;

    /// <summary>Calls made.</summary>
    public int Calls { get; private set; }

    /// <summary>Calls that did not end as planned.</summary>
    public int Failed { get; private set; }

    /// <summary>The first reason why one didn't, or why the run was cut short.</summary>
    public string? Problem => _problem;

    /// <summary>Stores what the scenario's people have stored before it begins.</summary>
    public async Task StoreAsync(int records, CancellationToken cancellationToken)
    {
        for (var record = 0; record < records; record++)
        {
            await performer.Texts.StoreAsync(new ApiClient("client:office", 1 + (record % 12)), record, cancellationToken);
            progress?.Report(new(scenario.Id, "setting up", record + 1, records, null));
        }
    }

    /// <summary>Changes what has to be so before it begins; put right at once if that fails, else at the end.</summary>
    public async Task PrepareAsync(Func<Task> prepare)
    {
        try
        {
            await prepare();
        }
        catch
        {
            await RestoreAsync();
            throw;
        }
    }

    /// <summary>Makes the calls when they are due, and puts everything right.</summary>
    /// <exception cref="SimulatorException">Something could not be put right: also when the run was stopped, whose end this then is.</exception>
    public async Task PerformAsync(IEnumerable<Step> steps, int total, double speed, CancellationToken cancellationToken)
    {
        _total = total;
        var begun = time.GetTimestamp();
        try
        {
            DateTimeOffset? first = null;
            foreach (var step in steps.Where(step => step.Act is not ServiceEvent))
            {
                var due = (step.At - (first ??= step.At)) / speed;
                if (due > settings.For || Calls >= settings.MaxCalls || time.GetElapsedTime(begun) > settings.For)
                {
                    _problem ??= scenario.IsAttack ? $"It was cut short after {Calls} calls: --for or --max-calls ended it." : null;
                    return;
                }

                await DelayAsync(due - time.GetElapsedTime(begun), cancellationToken);
                await MakeAsync(step, cancellationToken);
            }
        }
        finally
        {
            await RestoreAsync();
        }
    }

    /// <summary>A planned attack as it really happened; null if the run never came to it.</summary>
    public AttackSpan? Happened(AttackSpan planned, DateTimeOffset end)
    {
        var of = _made.Where(one => one.Step.At >= planned.From && one.Step.At <= planned.To).ToList();
        if (of.Count == 0)
            return null;

        var last = of.Exists(one => one.Step.IsRestore) ? end : of[^1].Ended;
        return planned with { From = of[0].Begun, FirstCall = of[0].Begun, To = last, Client = planned.Client is null ? null : performer.Clients.NameOf((ApiClient)of[0].Step.Actor) };
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task MakeAsync(Step step, CancellationToken cancellationToken)
    {
        // Somebody's text that was never stored is stored first: a plan knows no failures of setting up.
        if (step is { Actor: ApiClient client, Act: ReadText { Record: var record } } && !performer.Texts.Has(record))
        {
            await TryAsync(new Step(step.At, client, new StoreText(record)), cancellationToken);
            if (!performer.Texts.Has(record))
                return; // It could not be stored, which is counted: there is nothing to read.
        }

        var begun = time.GetUtcNow();
        await TryAsync(step, cancellationToken);
        _made.Add((step, begun, time.GetUtcNow()));
        var total = Math.Max(_total, Calls);
        progress?.Report(new(scenario.Id, step.IsRestore ? "putting right" : Running, Math.Min(Calls, total), total, null));
    }

    private async Task TryAsync(Step step, CancellationToken cancellationToken)
    {
        Calls++;
        try
        {
            if (!await performer.DoAsync(step, cancellationToken))
                Fail($"{step.Act.GetType().Name} was not answered as it should have been.");
        }
        catch (Exception problem) when (problem is AmazonServiceException or HttpRequestException or AmazonClientException || (problem is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Fail($"{step.Act.GetType().Name}: {problem.Message}");
        }
    }

    private void Fail(string why)
    {
        Failed++;
        _problem ??= why;
    }

    /// <summary>Not by the token of the run: who stops it wants the lab back as it was.</summary>
    private async Task RestoreAsync()
    {
        using var patience = new CancellationTokenSource(RestoreTimeout, time);
        if (await performer.Undo.RestoreAllAsync(patience.Token) is { Count: > 0 } failures)
            throw new SimulatorException($"{scenario.Id} is over, but not all that it changed is as it was.\n{string.Join('\n', failures)}");
    }
}
