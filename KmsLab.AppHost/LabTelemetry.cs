using KmsLab.ServiceDefaults;

namespace KmsLab.AppHost;

/// <summary>
/// OpenTelemetry for the whole process. Activity sources and meters are process-wide: providers in each of the three hosts would export
/// each other's data.
/// </summary>
internal sealed class LabTelemetry(IHost host) : IAsyncDisposable
{
    public static async Task<LabTelemetry> StartAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables();
        builder.AddTelemetry("kmslab");
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new LabTelemetry(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }
}
