using KmsLab.ServiceDefaults;

namespace KmsLab.Simulator.Service;

/// <summary>Before the service listens: refuses to be reachable from other machines.</summary>
internal sealed class SimulatorStartup(IConfiguration configuration) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => ListenGuard.FirstOpen(configuration) is { } address
        ? throw new InvalidOperationException(
            $"The simulator attacks for whoever asks it, and {address} is reachable from other machines. Listen on localhost.")
        : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
