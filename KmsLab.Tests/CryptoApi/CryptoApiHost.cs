using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.CryptoApi;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Logging.Testing;

namespace KmsLab.Tests.CryptoApi;

/// <summary>A CryptoApi on real Kestrel, on a free port, over a database and an AWS endpoint that the test names.</summary>
internal sealed class CryptoApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CryptoApiHost(WebApplication app, FakeLogCollector logs)
    {
        _app = app;
        Logs = logs;
        Http = new HttpClient { BaseAddress = new(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    /// <summary>Every log line of every category, from Trace up.</summary>
    public FakeLogCollector Logs { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts one, and waits until it has its KMS key.</summary>
    public static async Task<CryptoApiHost> StartAsync(TestDatabase database, LocalAwsHost aws, params (string Key, string Value)[] settings)
    {
        var host = await StartUnreadyAsync(database, aws.Url, settings);
        await host.UntilReadyAsync();
        return host;
    }

    /// <summary>Starts one without waiting: the AWS endpoint may be dead.</summary>
    public static async Task<CryptoApiHost> StartUnreadyAsync(TestDatabase database, string awsUrl, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Lab:Embedded"] = "true",
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
            ["CryptoApi:Url"] = "http://127.0.0.1:0",
            ["CryptoApi:Database"] = database.Provider.ToString(),
            ["CryptoApi:CreateKey"] = "true",
            ["ConnectionStrings:vault"] = database.ConnectionString,
            ["AWS:ServiceURL"] = awsUrl,
            ["AWS:Region"] = "us-east-1",
            ["AWS:AccessKeyId"] = "AKIALABCRYPTOAPI0000",
            ["AWS:SecretAccessKey"] = "secret",
        };
        foreach (var (key, value) in settings)
            all[key] = value;

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = all.GetValueOrDefault("environment"),
        });
        builder.Configuration.AddInMemoryCollection(all);
        builder.Logging.ClearProviders();
        builder.Logging.AddFakeLogging();
        builder.AddCryptoApi();
        var app = builder.Build();
        app.MapCryptoApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, app.Services.GetFakeLogCollector());
    }

    /// <summary>Asks for health until it is good.</summary>
    public async Task UntilReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await Http.GetAsync("/health", TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
                return;
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
                Assert.Fail($"Not ready: {string.Join('\n', Logs.GetSnapshot().Select(line => line.Message))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stores a text.</summary>
    /// <returns>Its Key.</returns>
    public async Task<string> EncryptAsync(string name, string text, string? key = null)
    {
        var (status, body) = await PostAsync("/encrypt", key is null ? new JsonObject { ["Name"] = name, ["Text"] = text } : new() { ["Name"] = name, ["Text"] = text, ["Key"] = key });
        status.ShouldBe(200, $"{body.ToJsonString()}\n{Logs.GetSnapshot().LastOrDefault(line => line.Exception is not null)?.Exception}");
        return body["Key"]!.GetValue<string>();
    }

    public Task<(int Status, JsonNode Body)> DecryptAsync(string name, string key) => PostAsync("/decrypt", new JsonObject { ["Name"] = name, ["Key"] = key });

    public Task<(int Status, JsonNode Body)> PostAsync(string path, JsonObject body) => SendAsync(HttpMethod.Post, path, body.ToJsonString());

    /// <summary>Sends a body as it stands.</summary>
    public Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string body, string? contentType = "application/json") =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>Sends a body as it stands.</summary>
    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, byte[] body, string? contentType = "application/json")
    {
        using var answer = await RequestAsync(method, path, body, contentType);
        var json = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(json)!);
    }

    /// <summary>Sends a body as it stands; the caller disposes the answer.</summary>
    public async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, byte[] body, string? contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
