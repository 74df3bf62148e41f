using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.CryptoApi;

/// <summary>One KMS call as it went over the wire.</summary>
internal sealed record WireCall(string Operation, JsonNode Request, string UserAgent, int Status, JsonNode Answer)
{
    /// <summary>The error's name without its namespace; null when the call succeeded.</summary>
    public string? Error => Status == 200 ? null : Answer["__type"]?.GetValue<string>().Split('#')[^1];
}

/// <summary>Stands on the wire between a service and LocalAws: it sees every call, and answers in LocalAws' place where a test wants a fault.</summary>
internal sealed class AwsWire : IAsyncDisposable
{
    private readonly ConcurrentQueue<WireCall> _calls = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _faults = new();
    private readonly HttpClient _upstream;
    private readonly WebApplication _app;

    private AwsWire(string upstream)
    {
        _upstream = new HttpClient { BaseAddress = new(upstream) };
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public string Url => _app.Urls.First();

    public IReadOnlyList<WireCall> Calls => [.. _calls];

    public static async Task<AwsWire> StartAsync(string upstream)
    {
        var wire = new AwsWire(upstream);
        await wire._app.StartAsync(TestContext.Current.CancellationToken);
        return wire;
    }

    /// <summary>The calls of one operation.</summary>
    public IReadOnlyList<WireCall> CallsOf(string operation) => [.. _calls.Where(call => call.Operation == operation)];

    /// <summary>From now on the operation answers with an error.</summary>
    public void Fail(string operation, int status, string error) => _faults[operation] = async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/x-amz-json-1.1";
        http.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        await http.Response.WriteAsync(new JsonObject { ["__type"] = error, ["message"] = "internal detail: i-0123456789" }.ToJsonString());
    };

    /// <summary>From now on the operation never answers, until the caller leaves.</summary>
    public void Hang(string operation) => _faults[operation] =
        http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>From now on the operation's connections break.</summary>
    public void Break(string operation) => _faults[operation] = http =>
    {
        http.Abort();
        return Task.CompletedTask;
    };

    /// <summary>The operation's next call is done, but its answer is lost: the caller gets a 500 instead.</summary>
    public void LoseAnswer(string operation) => _faults[operation] = async http =>
    {
        Mend(operation);
        using var answer = await ForwardAsync(http.Request, await ReadAsync(http.Request));
        http.Response.StatusCode = 500;
    };

    /// <summary>From now on the operation's calls wait at the door, and are then served.</summary>
    public HeldCalls Hold(string operation)
    {
        var held = new HeldCalls();
        _faults[operation] = async http =>
        {
            await held.WaitAsync();
            await ForwardAndNoteAsync(http, operation);
        };
        return held;
    }

    /// <summary>The operation works again.</summary>
    public void Mend(string operation) => _faults.TryRemove(operation, out _);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        var operation = http.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        if (_faults.TryGetValue(operation, out var fault))
        {
            await fault(http);
            return;
        }

        await ForwardAndNoteAsync(http, operation);
    }

    private async Task ForwardAndNoteAsync(HttpContext http, string operation)
    {
        var body = await ReadAsync(http.Request);
        using var answer = await ForwardAsync(http.Request, body);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        _calls.Enqueue(new(operation, JsonNode.Parse(body)!, http.Request.Headers.UserAgent.ToString(), (int)answer.StatusCode, bytes.Length == 0 ? new JsonObject() : JsonNode.Parse(bytes)!));
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.TryGetValues("x-amzn-RequestId", out var ids))
            http.Response.Headers["x-amzn-RequestId"] = ids.First();
        await http.Response.Body.WriteAsync(bytes);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpRequest request, byte[] body)
    {
        using var forwarded = new HttpRequestMessage(HttpMethod.Post, request.Path.ToString()) { Content = new ByteArrayContent(body) };
        forwarded.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType!);
        foreach (var header in new[] { "X-Amz-Target", "Authorization", "X-Amz-Date", "User-Agent" })
            forwarded.Headers.TryAddWithoutValidation(header, request.Headers[header].ToString());
        return await _upstream.SendAsync(forwarded);
    }
}

/// <summary>Calls that wait at the door until the test lets them in.</summary>
internal sealed class HeldCalls : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the first call has come.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();

    internal Task WaitAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
