using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.TrailFiles;
using KmsLab.LocalAws.Wire;
using KmsLab.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws;

/// <summary>Before the endpoint listens: refuses to be reachable from outside, and opens the state.</summary>
internal sealed partial class LocalAwsStartup(
    IServiceProvider services, IConfiguration configuration, IOptions<LocalAwsOptions> options, ILogger<LocalAwsStartup> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.AllowNonLoopback && ListenGuard.FirstOpen(configuration) is { } address)
            throw new InvalidOperationException($"LocalAws is a lab tool that checks no signatures, and {address} is reachable from other machines. Listen on localhost, or set LocalAws:AllowNonLoopback=true.");

        // Made here, so that a directory that can't be written or a wrong principal ends the start, not the first call.
        _ = services.GetRequiredService<AwsEndpoint>();
        await services.GetRequiredService<ProvisionedTrail>().ProvisionAsync();
        // In front of another emulator, S3 is its business.
        if (services.GetService<ProvisionedBucket>() is { } bucket)
            await bucket.ProvisionAsync();
        Log.LabTool(logger);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "LocalAws is a lab tool: it checks no signatures and keeps key material in its state file. Never put real secrets in it.")]
        public static partial void LabTool(ILogger logger);
    }
}
