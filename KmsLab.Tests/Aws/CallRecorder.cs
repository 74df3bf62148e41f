using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.Aws;

/// <summary>
/// Stands between a service and LocalAws and notes each AWS call as IAM would name it, such as <c>kms:Encrypt</c>. A trail of management events has
/// no record of FilterLogEvents, Publish and PutMetricData; the wire has all.
/// </summary>
internal sealed partial class CallRecorder : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte> _calls = new();
    private readonly HttpClient _upstream;
    private readonly WebApplication _app;

    private CallRecorder(string upstream)
    {
        _upstream = new HttpClient { BaseAddress = new(upstream) };
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public string Url => _app.Urls.First();

    public IReadOnlyCollection<string> Calls => [.. _calls.Keys];

    public static async Task<CallRecorder> StartAsync(string upstream)
    {
        var recorder = new CallRecorder(upstream);
        await recorder._app.StartAsync(TestContext.Current.CancellationToken);
        return recorder;
    }

    /// <summary>Waits until all of <paramref name="calls"/> have been made.</summary>
    public async Task UntilAsync(IReadOnlyCollection<string> calls)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (calls.Except(Calls).Any() && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        _calls.TryAdd($"{ServiceOf(http.Request)}:{OperationOf(http.Request, buffer.ToArray())}", 0);

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), http.Request.Path + http.Request.QueryString) { Content = new ByteArrayContent(buffer.ToArray()) };
        foreach (var (name, value) in http.Request.Headers)
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                request.Content.Headers.TryAddWithoutValidation(name, value.ToArray());
            else if (name is not ("Host" or "Expect" or "Transfer-Encoding"))
                request.Headers.TryAddWithoutValidation(name, value.ToArray());
        }

        using var answer = await _upstream.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, value) in ((IEnumerable<KeyValuePair<string, IEnumerable<string>>>)answer.Headers).Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Date" or "Server"))
                http.Response.Headers[name] = value.ToArray();
        }

        await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    /// <summary>The service in the signature's scope, by IAM's name for it.</summary>
    private static string ServiceOf(HttpRequest request) => Scope.Match(request.Headers.Authorization.ToString()).Groups[1].Value switch
    {
        "monitoring" => "cloudwatch",
        var name => name,
    };

    private static string OperationOf(HttpRequest request, byte[] body)
    {
        if (request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target)
            return target.Split('.')[^1];
        if (RpcPath.Match(request.Path) is { Success: true } path)
            return path.Groups[1].Value;
        return Action.Match(Encoding.UTF8.GetString(body)) is { Success: true } action ? action.Groups[1].Value : request.Path;
    }

    [GeneratedRegex("Credential=[^/]+/[^/]+/[^/]+/([^/]+)/")]
    private static partial Regex Scope { get; }

    [GeneratedRegex("/operation/(\\w+)$")]
    private static partial Regex RpcPath { get; }

    [GeneratedRegex("(?:^|&)Action=(\\w+)")]
    private static partial Regex Action { get; }
}
