using System.Collections.Concurrent;

namespace KmsLab.Tests.ServiceDefaults.Tracing;

/// <summary>A collector: takes what services export over OTLP/HTTP, and keeps the spans.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/v1/traces", TakeAsync);
        _app.MapPost("/v1/{signal}", () => Results.Ok());
    }

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>Variables that make a process export to here, soon.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until a span has come; fails after a while with what came instead.</summary>
    public async Task UntilAsync(Func<OtlpSpan, bool> isExpected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!_spans.Any(isExpected))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"Only these came: {string.Join(", ", _spans.Select(span => span.Name).Distinct())}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        foreach (var span in OtlpSpan.Read(body.ToArray()))
            _spans.Enqueue(span);
        return Results.Bytes([], "application/x-protobuf");
    }
}
