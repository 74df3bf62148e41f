using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>Ready when the database answers a query.</summary>
internal sealed class DatabaseHealthCheck(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await database.ReadAsync(
            connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT 1", cancellationToken: cancellationToken)), cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
