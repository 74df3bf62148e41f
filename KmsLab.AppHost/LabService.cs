using KmsLab.ServiceDefaults;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace KmsLab.AppHost;

/// <summary>One service of the embedded lab, on a host of its own inside this process.</summary>
internal sealed class LabService : IAsyncDisposable
{
    /// <summary>Three hosts stop one after the other, and Ctrl-C must be done within 5 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1.5);

    private readonly WebApplication _app;

    private LabService(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Where it really listens.</summary>
    public Uri Address { get; }

    /// <summary>Builds and starts a service.</summary>
    /// <param name="section">Its configuration section, such as <c>CryptoApi</c>.</param>
    /// <param name="configuration">Defaults below, and settings above, the user's own configuration.</param>
    /// <param name="add">The service's <c>AddX</c>.</param>
    /// <param name="map">The service's <c>MapX</c>.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="LabException">It could not start: its port is taken, a setting is wrong.</exception>
    public static async Task<LabService> StartAsync(
        string section, LabConfiguration configuration, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        // Always as in production: the launch profiles are Aspire's, and what they say of the environment must not change the lab.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        configuration.ApplyTo(builder.Configuration);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Logging.AddConsoleFormatter<LabConsole, ConsoleFormatterOptions>();
        WebApplication? app = null;
        try
        {
            add(builder);
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            app = builder.Build();
            map(app);
            await app.StartAsync(cancellationToken);
            return new LabService(app, AddressOf(app));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            if (app is not null)
                await app.DisposeAsync();
            throw new LabException(StartupProblem.Describe(problem, section, builder.Configuration[$"{section}:Url"]), problem);
        }
    }

    /// <summary>Stops accepting, finishes what was accepted, and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static Uri AddressOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.First());
    }

    /// <summary>Only the lab handles signals: three hosts that each caught Ctrl-C would all stop at once, under each other's requests.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
