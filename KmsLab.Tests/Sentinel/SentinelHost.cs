using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.Tests.LocalAws;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace KmsLab.Tests.Sentinel;

/// <summary>Sentinel on real Kestrel, on a free port, reading from a LocalAws or any other endpoint.</summary>
internal sealed class SentinelHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly WebApplication _app;
    private readonly TempFolder _folder;
    private readonly HttpClient _http;

    private SentinelHost(WebApplication app, TempFolder folder)
    {
        (_app, _folder) = (app, folder);
        _http = new HttpClient { BaseAddress = new(app.Urls.First()) };
    }

    public IServiceProvider Services => _app.Services;

    public static async Task<SentinelHost> StartAsync(string awsUrl, params (string Key, string? Value)[] settings)
    {
        var folder = new TempFolder();
        var all = new Dictionary<string, string?>
        {
            ["Lab:Embedded"] = "true",
            ["Sentinel:Url"] = "http://127.0.0.1:0",
            ["Sentinel:Database"] = "Sqlite",
            ["Sentinel:LogGroups:0"] = "kmslab-trail",
            ["Sentinel:HeadInterval"] = "00:00:00.050",
            ["Sentinel:HeadReads"] = "1000",
            // A test of who may look says otherwise.
            ["Sentinel:Api:OpenOnLoopback"] = "true",
            // A test that wants a guard says so: its calls would be among those that others count.
            ["Sentinel:Guard:Enabled"] = "false",
            ["Sentinel:AllowedLateness"] = "00:00:00.500",
            ["ConnectionStrings:sentinel"] = $"Data Source={folder["sentinel.db"]}",
            ["AWS:ServiceURL"] = awsUrl,
            ["AWS:Region"] = LocalAwsHost.Region,
            ["AWS:AccessKeyId"] = "AKIALABSENTINEL00000",
            ["AWS:SecretAccessKey"] = "secret",
        };
        foreach (var (key, value) in settings)
            all[key] = value;

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(all);
        builder.Logging.ClearProviders();
        builder.AddSentinel();
        var app = builder.Build();
        app.MapSentinel();
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            folder.Dispose();
            throw;
        }

        return new(app, folder);
    }

    public Uri Address => _http.BaseAddress!;

    /// <summary>Sends an API key with each request from now on; or none.</summary>
    public void UseKey(string? key)
    {
        _http.DefaultRequestHeaders.Remove(ApiKeyHeader.Name);
        if (key is not null)
            _http.DefaultRequestHeaders.Add(ApiKeyHeader.Name, key);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
            return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<JsonNode> JsonAsync(string path)
    {
        using var answer = await GetAsync(path);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Asks until the answer satisfies <paramref name="until"/>, or fails with the last answer.</summary>
    public async Task<JsonNode> JsonAsync(string path, Func<JsonNode, bool> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await JsonAsync(path);
            if (until(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"{path} still answers {answer.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public MetricCollector<T> Collect<T>(string instrument) where T : struct => new(Services.GetRequiredService<IMeterFactory>(), SentinelMetrics.MeterName, instrument);

    public MetricCollector<long> Collect(string instrument) => new(Services.GetRequiredService<IMeterFactory>(), SentinelMetrics.MeterName, instrument);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
