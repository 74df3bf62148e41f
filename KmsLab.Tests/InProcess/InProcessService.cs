using KmsLab.ServiceDefaults;

namespace KmsLab.Tests.InProcess;

/// <summary>A service on a host of its own inside the test process, on real Kestrel.</summary>
internal sealed class InProcessService : IAsyncDisposable
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(60);

    /// <summary>A browser holds its connection open; a test need not wait for it.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1.5);

    private readonly WebApplication _app;

    private InProcessService(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Builds and starts a service as its own program does, without its telemetry providers, which are process-wide.</summary>
    /// <param name="settings">Its configuration, over the environment's.</param>
    /// <param name="add">The service's <c>AddX</c>.</param>
    /// <param name="map">The service's <c>MapX</c>.</param>
    public static async Task<InProcessService> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection([new(ServiceDefaultsExtensions.EmbeddedKey, "true")]);
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        add(builder);
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for health until it is good.</summary>
    public async Task UntilHealthyAsync(HttpClient http)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(Address, "/health"), TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
                return;
            if (TimeProvider.System.GetElapsedTime(started) > HealthTimeout)
                Assert.Fail($"{Address} is not healthy after {HealthTimeout.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops accepting, finishes what was accepted, and lets go of everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
