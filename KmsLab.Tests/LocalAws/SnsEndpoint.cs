using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace KmsLab.Tests.LocalAws;

/// <summary>A subscriber of an SNS topic: a real HTTP server that keeps what is posted to it.</summary>
internal sealed class SnsEndpoint : IAsyncDisposable
{
    private readonly Channel<SnsPost> _posts = Channel.CreateUnbounded<SnsPost>();
    private readonly Queue<int> _statuses;
    private readonly WebApplication _app;

    private SnsEndpoint(WebApplication app, IEnumerable<int> statuses)
    {
        _app = app;
        _statuses = new(statuses);
    }

    public string Url => _app.Urls.Single() + "/hook";

    /// <summary>Answers with the given statuses in turn, then with 200.</summary>
    public static async Task<SnsEndpoint> StartAsync(params int[] statuses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new SnsEndpoint(app, statuses);
        app.MapPost("/hook", endpoint.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    /// <summary>Waits for the next post.</summary>
    public async Task<SnsPost> NextAsync() => await _posts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool IsEmpty => !_posts.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var status = _statuses.TryDequeue(out var next) ? next : 200;
        await _posts.Writer.WriteAsync(new(request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
        return Results.StatusCode(status);
    }
}

/// <summary>What SNS posted.</summary>
internal sealed record SnsPost(IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Type => Headers["x-amz-sns-message-type"];

    public string? this[string member] => JsonNode.Parse(Body)![member]?.GetValue<string>();
}
