using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using KmsLab.LocalAws;

namespace KmsLab.Tests.LocalAws;

/// <summary>A LocalAws on real Kestrel, on a free port, with a data directory of its own: the AWS of every test.</summary>
/// <remarks>
/// <c>await using var aws = await LocalAwsHost.StartAsync();</c>. <see cref="RestartAsync"/> stops it and starts another on the same state.
/// Clients of other services: <see cref="Configure{T}"/> with their <c>ClientConfig</c>, and <see cref="Credentials"/>.
/// </remarks>
public sealed class LocalAwsHost : IAsyncDisposable
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";

    private readonly Dictionary<string, string?> _settings;
    private readonly TimeProvider? _time;
    private WebApplication _app;

    private LocalAwsHost(WebApplication app, string dataDirectory, Dictionary<string, string?> settings, TimeProvider? time)
    {
        _app = app;
        DataDirectory = dataDirectory;
        _settings = settings;
        _time = time;
    }

    public string DataDirectory { get; }

    public string Url => _app.Urls.First();

    public IServiceProvider Services => _app.Services;

    /// <summary>The default caller's credentials.</summary>
    public static BasicAWSCredentials Credentials { get; } = new("AKIALABTEST000000000", "secret");

    /// <summary>Starts one.</summary>
    /// <param name="settings">Options, such as <c>("LocalAws:MaxRequestBody", "2048")</c>.</param>
    /// <param name="time">The endpoint's clock; the system's when null.</param>
    public static async Task<LocalAwsHost> StartAsync(IEnumerable<(string Key, string? Value)>? settings = null, TimeProvider? time = null)
    {
        var directory = Directory.CreateTempSubdirectory("kmslab-localaws-").FullName;
        var all = new Dictionary<string, string?> { ["LocalAws:DataDirectory"] = directory, ["LocalAws:Url"] = "http://127.0.0.1:0", ["Lab:Embedded"] = "true" };
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        return new(await StartAppAsync(all, time), directory, all, time);
    }

    /// <summary>Stops the endpoint and starts another one on the same state, on another port.</summary>
    /// <param name="beforeStart">Done while it is stopped, such as to change its state file.</param>
    public async Task RestartAsync(Action? beforeStart = null)
    {
        await _app.DisposeAsync();
        beforeStart?.Invoke();
        _app = await StartAppAsync(_settings, _time);
    }

    public AmazonKeyManagementServiceClient Kms(AWSCredentials? credentials = null, string region = Region) =>
        new(credentials ?? Credentials, Configure(new AmazonKeyManagementServiceConfig(), region));

    public AmazonSecurityTokenServiceClient Sts(AWSCredentials? credentials = null, string region = Region) =>
        new(credentials ?? Credentials, Configure(new AmazonSecurityTokenServiceConfig(), region));

    /// <summary>Points a client's configuration here. Errors show at the first try.</summary>
    public T Configure<T>(T config, string region = Region) where T : ClientConfig
    {
        config.ServiceURL = Url;
        config.AuthenticationRegion = region;
        config.MaxErrorRetry = 0;
        return config;
    }

    /// <summary>A bare HTTP client, for what no SDK would send.</summary>
    public HttpClient Http() => new() { BaseAddress = new(Url) };

    /// <summary>Posts a body as AWS JSON 1.1, signed in name only.</summary>
    public async Task<HttpResponseMessage> PostJsonAsync(string service, string target, string body, string? accessKeyId = null)
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-amz-json-1.1")) };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        Sign(request, service, accessKeyId);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts a form as AWS Query, signed in name only.</summary>
    public async Task<HttpResponseMessage> PostQueryAsync(string service, string form, string? accessKeyId = null)
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
        Sign(request, service, accessKeyId);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts CBOR as smithy-rpc-v2-cbor, signed in name only.</summary>
    public async Task<HttpResponseMessage> PostCborAsync(string service, string target, string operation, byte[] body)
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/service/{target}/operation/{operation}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/cbor");
        request.Headers.TryAddWithoutValidation("smithy-protocol", "rpc-v2-cbor");
        Sign(request, service, null);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private static void Sign(HttpRequestMessage request, string service, string? accessKeyId) => request.Headers.TryAddWithoutValidation(
        "Authorization", $"AWS4-HMAC-SHA256 Credential={accessKeyId ?? Credentials.GetCredentials().AccessKey}/20260101/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=00");

    private static async Task<WebApplication> StartAppAsync(Dictionary<string, string?> settings, TimeProvider? time)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.AddLocalAws();
        var app = builder.Build();
        app.MapLocalAws();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}

/// <summary>One LocalAws for all tests of a class: <c>class XTests(LocalAwsFixture aws) : IClassFixture&lt;LocalAwsFixture&gt;</c>.</summary>
public sealed class LocalAwsFixture : IAsyncLifetime
{
    private LocalAwsHost? _host;

    public LocalAwsHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await LocalAwsHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }
}
