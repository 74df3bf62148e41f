using Microsoft.Extensions.Hosting;

namespace KmsLab.AppHost.Running;

/// <summary>
/// Stops the resources one after the other, so that none loses what it still calls: who attacks first, the database last.
/// Registered last, it is stopped before Aspire's orchestrator, which would end all at once.
/// </summary>
internal sealed class OrderedStop(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceCommandService commands) : IHostedService
{
    private static readonly string[] Order = ["simulator", "sentinel", "cryptoapi", "localaws", "postgres"];

    private readonly Lock _lock = new();
    private Task? _stopping;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops them once: a test and the program itself may both stop the application, at the same time.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _stopping ??= StopAllAsync(cancellationToken);
    }

    private async Task StopAllAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Order)
        {
            if (model.Resources.FirstOrDefault(resource => resource.Name == name) is { } resource && IsRunning(resource))
                await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        }
    }

    private bool IsRunning(IResource resource) =>
        notifications.TryGetCurrentState(resource.Name, out var current) && current.Snapshot.State?.Text == KnownResourceStates.Running;
}
