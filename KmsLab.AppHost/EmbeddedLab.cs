using KmsLab.AppHost.Scenarios;
using KmsLab.CryptoApi;
using KmsLab.LocalAws;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Dashboard.Scenarios;
using KmsLab.Simulator;

namespace KmsLab.AppHost;

/// <summary>
/// The whole lab in one process: LocalAws, then CryptoApi and Sentinel pointed at it. They meet over HTTP only, as they do on AWS.
/// </summary>
internal sealed class EmbeddedLab : IAsyncDisposable
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(30);

    // In the order of starting; stopped from the last to the first.
    private readonly Stack<IAsyncDisposable> _parts = new();

    private EmbeddedLab(DataDirectory data) => Data = data;

    public DataDirectory Data { get; }

    public Uri LocalAws { get; private set; } = null!;

    public Uri CryptoApi { get; private set; } = null!;

    public Uri Sentinel { get; private set; } = null!;

    /// <summary>What scenarios are played against.</summary>
    public LabTarget Target { get; private set; } = null!;

    /// <summary>Starts everything and returns when all three answer their health checks.</summary>
    /// <param name="arguments">Settings of the user, such as <c>CryptoApi:Url</c>; over environment and defaults.</param>
    /// <param name="cancellationToken">Gives up starting, and stops what has started.</param>
    /// <exception cref="LabException">The data directory or a port can't be used, or a service does not become healthy.</exception>
    public static async Task<EmbeddedLab> StartAsync(IReadOnlyDictionary<string, string?> arguments, CancellationToken cancellationToken)
    {
        var lab = new EmbeddedLab(DataDirectory.Open(DataDirectoryPath(arguments)));
        try
        {
            await lab.StartPartsAsync(arguments, cancellationToken);
            await lab.WaitUntilHealthyAsync(cancellationToken);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the services in the reverse order of their start, so that nobody loses what it still calls.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        Data.Dispose();
    }

    private async Task StartPartsAsync(IReadOnlyDictionary<string, string?> arguments, CancellationToken cancellationToken)
    {
        var defaults = LabSettings.Defaults(Data);
        LabConfiguration With(Dictionary<string, string?> fixedSettings) => new(defaults, arguments, fixedSettings);

        _parts.Push(await LabTelemetry.StartAsync(cancellationToken));

        LocalAws = await StartAsync("LocalAws", With(LabSettings.Embedded), b => b.AddLocalAws(), a => a.MapLocalAws(), cancellationToken);
        CryptoApi = await StartAsync("CryptoApi", With(LabSettings.AwsOfCryptoApi(LocalAws)), b => b.AddCryptoApi(), a => a.MapCryptoApi(), cancellationToken);

        Target = new(CryptoApi, LocalAws, LabDefaults.Region, $"Data Source={Data.PathOf("vault.db")}");
        var stage = new LabStage(Target, TimeProvider.System);
        Sentinel = await StartAsync("Sentinel", With(LabSettings.AwsOfSentinel(LocalAws)), b => AddSentinel(b, stage), a => a.MapSentinel(), cancellationToken);
        _parts.Push(stage);
    }

    /// <summary>Sentinel as it is everywhere, and a page that offers the simulator's scenarios.</summary>
    private static void AddSentinel(WebApplicationBuilder builder, LabStage stage)
    {
        builder.AddSentinel();
        builder.Services.AddSingleton<IScenarioStage>(stage); // An instance: the lab ends it, before it stops Sentinel.
    }

    private async Task<Uri> StartAsync(
        string section, LabConfiguration configuration, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var service = await LabService.StartAsync(section, configuration, add, map, cancellationToken);
        _parts.Push(service);
        return service.Address;
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(direct) { Timeout = TimeSpan.FromSeconds(5) };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(HealthTimeout);
        foreach (var (name, address) in new[] { ("LocalAws", LocalAws), ("CryptoApi", CryptoApi), ("Sentinel", Sentinel) })
        {
            try
            {
                while (!await IsHealthyAsync(http, address, deadline.Token))
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LabException($"{name} at {address} is not healthy after {HealthTimeout.TotalSeconds:0} s. See the log lines above.");
            }
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri(address, "/health"), cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private static string DataDirectoryPath(IReadOnlyDictionary<string, string?> arguments) => new ConfigurationBuilder()
        .AddEnvironmentVariables()
        .AddInMemoryCollection(arguments)
        .Build()["Lab:DataDirectory"] is { Length: > 0 } path ? path : DataDirectory.Default;
}
