namespace KmsLab.Sentinel.Access;

/// <summary>Says once, at start, what an operator would otherwise find out at the first alarm: that nobody can open the page.</summary>
internal sealed partial class AccessNotice(AccessSettings settings, ILogger<AccessNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.HasKeys && !settings.HasLoadBalancer)
        {
            if (settings.OpenOnLoopback)
                LogLoopbackOnly(logger);
            else
                LogNobody(logger);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Nobody can open Sentinel's page or read its API: no way to sign in is configured. Set Sentinel:Api:Keys ('KmsLab.Sentinel new-api-key NAME' makes a key), or Sentinel:Access:LoadBalancer")]
    private static partial void LogNobody(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sentinel's page and API are open to this machine, and closed to all others: no way to sign in is configured")]
    private static partial void LogLoopbackOnly(ILogger logger);
}
