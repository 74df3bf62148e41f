using System.Text;

namespace KmsLab.Tests.AwsSdk;

/// <summary>A real HTTP server that answers AWS clients with canned wire responses and keeps what they sent.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<WireRequest> _requests = [];
    private readonly TaskCompletionSource _firstRequest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<WireResponse> _responses;

    private WireServer(WebApplication app, IEnumerable<WireResponse> responses)
    {
        _app = app;
        _responses = new(responses);
    }

    internal Uri Url => new(_app.Urls.Single());

    internal IReadOnlyList<WireRequest> Requests => _requests;

    /// <summary>Completes when a request has come.</summary>
    internal Task FirstRequest => _firstRequest.Task;

    /// <summary>Answers the given responses in turn, the last one for ever.</summary>
    internal static async Task<WireServer> StartAsync(params WireResponse[] responses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new WireServer(app, responses);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);

        WireResponse response;
        lock (_requests)
        {
            _requests.Add(new(context.Request.Method, context.Request.Path, headers, body.ToArray()));
            response = _responses.Count > 1 ? _responses.Dequeue() : _responses.Peek();
        }

        _firstRequest.TrySetResult();
        if (response.Body is null)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.ContentType;
        if (response.ContentType != "text/xml")
            context.Response.Headers["x-amzn-RequestId"] = "7a1b2c3d-0000-4000-8000-000000000001";
        foreach (var (name, value) in response.Headers)
            context.Response.Headers[name] = value;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(response.Body!), context.RequestAborted);
    }
}

internal sealed record WireRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Content)
{
    internal string Body => Encoding.UTF8.GetString(Content);
}

/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; null never answers.</param>
/// <param name="ContentType">The media type.</param>
internal sealed record WireResponse(int Status, string? Body, string ContentType = "application/x-amz-json-1.1")
{
    internal IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static implicit operator WireResponse(string body) => new(200, body);
}
