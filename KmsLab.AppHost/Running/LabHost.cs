using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;
using KmsLab.AppHost.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KmsLab.AppHost.Running;

/// <summary>The lab's application while it runs: starts, says where everything is, stops.</summary>
/// <param name="app">The application.</param>
/// <param name="settings">What the lab is told.</param>
/// <param name="data">Where its state lies.</param>
/// <param name="database">Where secrets and alarms are kept, and why.</param>
internal sealed class LabHost(DistributedApplication app, LabSettings settings, DataDirectory data, DatabaseChoice database)
    : IAsyncDisposable
{
    /// <summary>Aspire's name for its dashboard.</summary>
    private const string DashboardName = "aspire-dashboard";

    /// <summary>Five resources stop one after the other.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>An orchestrator that did not start does not stop either; what it did start ends with this process.</summary>
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(4);

    private bool _started;

    /// <summary>Addresses of the lab; null until it runs.</summary>
    public RunningLab? Running { get; private set; }

    /// <summary>Makes a lab's host stop in order, and leave signals to <see cref="StopSignals"/>.</summary>
    public static void Configure(IDistributedApplicationBuilder builder)
    {
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton<LabReadiness>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<OrderedStop>();
    }

    /// <summary>Starts everything, and prints the welcome when all is healthy.</summary>
    /// <exception cref="LabException">Something can't start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartResourcesAsync(cancellationToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lifetime.ApplicationStopping);
        await app.Services.GetRequiredService<LabReadiness>().WaitAsync(stopping.Token);
        Running = new(
            AddressOf(DashboardName) ?? settings.Url("Lab:DashboardUrl"),
            AddressOf("cryptoapi")!, AddressOf("sentinel")!, AddressOf("localaws"), AddressOf("simulator"));
        Running.Write(data);
        Console.WriteLine(Welcome.Text(Running, data, database, Dashboard(Running.Dashboard)));
    }

    /// <summary>Waits for a signal, or for who else may stop the application, and stops it.</summary>
    public async Task RunToEndAsync(CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.Register(Lifetime.StopApplication);
        await app.WaitForShutdownAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        RunningLab.Delete(data);
        using var abandon = new CancellationTokenSource(AbandonTimeout, TimeProvider.System);
        try
        {
            await app.StopAsync(_started ? CancellationToken.None : abandon.Token);
        }
        catch (Exception again) when (!_started && again is OperationCanceledException or DistributedApplicationException)
        {
            // What ended the start was told then.
        }

        await app.DisposeAsync();
    }

    /// <summary>Starts the orchestrator, which starts the resources.</summary>
    private async Task StartResourcesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            _started = true;
        }
        catch (DistributedApplicationException problem)
        {
            var reason = problem.Message.ReplaceLineEndings(" ").Trim();
            throw new LabException($"Aspire's orchestrator does not start: {reason} Try again.", problem);
        }
    }

    private IHostApplicationLifetime Lifetime => app.Services.GetRequiredService<IHostApplicationLifetime>();

    /// <summary>Address of the dashboard, with the login where it asks for one.</summary>
    private string Dashboard(Uri address)
    {
        var token = settings.HasOpenDashboard ? null : app.Services.GetRequiredService<IConfiguration>()["AppHost:BrowserToken"];
        return token is null ? address.ToString().TrimEnd('/') : new Uri(address, $"/login?t={token}").ToString();
    }

    private Uri? AddressOf(string name)
    {
        var listening = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithEndpoints>();
        return listening.FirstOrDefault(one => one.Name == name)?.GetEndpoint("http") is { IsAllocated: true } endpoint
            ? new Uri(endpoint.Url)
            : null;
    }

    /// <summary>Aspire's own would end the application at a signal, under a scenario that still puts things right.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
