using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>The real application under Aspire.Hosting.Testing, on ports that are free.</summary>
internal sealed class AspireApplication : RunningLab
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] Services = ["localaws", "cryptoapi", "sentinel", "simulator"];

    private readonly DistributedApplication _app;

    private AspireApplication(DistributedApplication app) => _app = app;

    public override Uri LocalAws => AddressOf("localaws");

    public override Uri CryptoApi => AddressOf("cryptoapi");

    public override Uri Sentinel => AddressOf("sentinel");

    /// <summary>The simulator.</summary>
    public Uri Simulator => AddressOf("simulator");

    /// <summary>Aspire's dashboard.</summary>
    public Uri Dashboard => AddressOf("aspire-dashboard");

    /// <summary>Starts it, with the dashboard, and returns when all is healthy.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="database">The database's name on the command line.</param>
    public static async Task<AspireApplication> StartAsync(TempFolder data, string database)
    {
        using var deadline = Deadline();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.KmsLab_AppHost>(
            ["--data", data.Path, $"--Lab:Database={database}"],
            (options, _) => options.DisableDashboard = false,
            deadline.Token);
        // Aspire.Hosting.Testing repeats what every resource prints; the dashboard has it, too.
        builder.Services.AddLogging(logging => logging.AddFilter("KmsLab.AppHost.Resources", LogLevel.None));
        var app = new AspireApplication(await builder.BuildAsync(deadline.Token));
        try
        {
            await app._app.StartAsync(deadline.Token);
            await app.UntilHealthyAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every service is healthy.</summary>
    public async Task UntilHealthyAsync()
    {
        using var deadline = Deadline();
        foreach (var service in Services)
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(service, deadline.Token);
    }

    /// <summary>Waits until a resource has ended.</summary>
    public async Task UntilEndedAsync(string resource)
    {
        using var deadline = Deadline();
        await _app.ResourceNotifications.WaitForResourceAsync(resource, KnownResourceStates.TerminalStates, deadline.Token);
    }

    /// <summary>Executes a resource's command, as the dashboard does, and makes sure that it succeeds.</summary>
    /// <returns>What it says.</returns>
    public async Task<string> CommandAsync(string resource, string command)
    {
        using var deadline = Deadline();
        var commands = _app.Services.GetRequiredService<ResourceCommandService>();
        var result = await commands.ExecuteCommandAsync(resource, command, deadline.Token);
        result.Success.ShouldBeTrue($"{command} of {resource}: {result.Message}");
        return result.Message ?? "";
    }

    /// <summary>Stops it.</summary>
    public async Task StopAsync()
    {
        using var deadline = Deadline();
        await _app.StopAsync(deadline.Token);
    }

    public override async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().AsTask().WaitAsync(Patience, TimeProvider.System);
        await base.DisposeAsync();
    }

    private Uri AddressOf(string service) => _app.GetEndpoint(service, "http");

    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        return deadline;
    }
}
