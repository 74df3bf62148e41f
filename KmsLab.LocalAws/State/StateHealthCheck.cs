using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.LocalAws.State;

/// <summary>Healthy as long as the state file takes writes.</summary>
internal sealed class StateHealthCheck(StateStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        store.Failure is { } failure ? HealthCheckResult.Unhealthy("The state file takes no more writes.", failure) : HealthCheckResult.Healthy());
}
