using System.Globalization;
using KmsLab.Simulator;
using Microsoft.Extensions.Hosting;

namespace KmsLab.AppHost;

/// <summary>Plays scenarios against the running resources: one attack at a time, and a normal day beside it.</summary>
/// <remarks>
/// A hosted service for its end: what is registered last is stopped first, so an attack puts everything right before Aspire ends LocalAws, which would
/// remember a disabled key.
/// </remarks>
internal sealed class ScenarioRuns(EndpointReference localAws, EndpointReference cryptoApi, string? vault, TimeProvider time) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly SemaphoreSlim _attack = new(1, 1);
    private readonly SemaphoreSlim _normalDay = new(1, 1);

    /// <summary>Plays one, and waits for its end.</summary>
    public async Task<ExecuteCommandResult> RunAsync(ScenarioInfo scenario, ExecuteCommandContext context)
    {
        var turn = scenario.IsAttack ? _attack : _normalDay;
        if (!await turn.WaitAsync(TimeSpan.Zero, context.CancellationToken))
            return CommandResults.Failure(scenario.IsAttack ? "Another attack is still running: wait for its end, or cancel it." : "The normal day is not over yet.");

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _stopped.Token);
        try
        {
            var simulator = new LiveSimulator(await TargetAsync(ended.Token), time);
            return ResultOf(scenario, await simulator.RunAsync(scenario.Id, new LiveSettings(), new ScenarioLog(context.Logger, time), ended.Token));
        }
        catch (SimulatorException problem)
        {
            return CommandResults.Failure(problem.Message);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        finally
        {
            turn.Release();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends what is running, and waits until what an attack changed is put right. A normal day changes nothing.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await _attack.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopped.Dispose();
        _attack.Dispose();
        _normalDay.Dispose();
    }

    private async Task<LabTarget> TargetAsync(CancellationToken cancellationToken) =>
        new(await AddressOfAsync(cryptoApi, cancellationToken), await AddressOfAsync(localAws, cancellationToken), LabDefaults.Region, vault);

    private static async Task<Uri> AddressOfAsync(EndpointReference endpoint, CancellationToken cancellationToken) => new((await endpoint.GetValueAsync(cancellationToken))!);

    private static ExecuteCommandResult ResultOf(ScenarioInfo scenario, GroundTruth truth)
    {
        var findings = scenario.Expected.Count > 0 ? $" To be found by {string.Join(", ", scenario.Expected)}." : "";
        return CommandResults.Success(string.Create(CultureInfo.InvariantCulture, $"{truth.Calls} calls.{findings}{(truth.Note is { } note ? $" {note}" : "")}"));
    }
}
