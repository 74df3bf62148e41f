using System.Text.Json.Nodes;
using KmsLab.Simulator;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.Simulator;

/// <summary>The simulator's service on real Kestrel, on a free port.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts one that is aimed at nothing, unless the settings say otherwise.</summary>
    public static async Task<SimulatorHost> StartAsync(params IEnumerable<(string Key, string? Value)> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var all = new Dictionary<string, string?> { ["Simulator:Url"] = "http://127.0.0.1:0", ["Lab:Embedded"] = "true" };
        foreach (var (key, value) in settings)
            all[key] = value;
        builder.Configuration.AddInMemoryCollection(all);
        builder.Logging.ClearProviders();
        builder.AddSimulator();
        var app = builder.Build();
        app.MapSimulator();
        await app.StartAsync(Cancellation);
        return new SimulatorHost(app);
    }

    /// <summary>Starts one that is aimed at a lab, with the lab's own vault.</summary>
    public static Task<SimulatorHost> StartAsync(InProcessLab lab, params IEnumerable<(string Key, string? Value)> settings) =>
        StartAsync([.. SettingsFor(lab), .. settings]);

    public static (string Key, string? Value)[] SettingsFor(InProcessLab lab) =>
    [
        ("Simulator:CryptoApi", lab.CryptoApi.ToString()),
        ("Simulator:Endpoint", lab.LocalAws.ToString()),
        ("Simulator:Sentinel", lab.Sentinel.ToString()),
        ("Simulator:Prelude", "00:00:01"),
        ("Simulator:Database", "Sqlite"),
        ("ConnectionStrings:vault", $"Data Source={lab.Vault}"),
    ];

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(path, Cancellation))!;

    public Task<HttpResponseMessage> PostAsync(string path, object body) => Http.PostAsJsonAsync(path, body, Cancellation);

    /// <summary>Begins a run that has to begin.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> BeginAsync(object body)
    {
        using var answer = await PostAsync("/api/runs", body);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancellation));
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Asks for a run until it satisfies <paramref name="until"/>.</summary>
    public async Task<JsonNode> UntilAsync(string run, Func<JsonNode, bool> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await GetAsync(run);
            if (until(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"{run} is still {answer.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    public Task<JsonNode> UntilEndedAsync(string run) => UntilAsync(run, answer => answer["to"] is not null);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
