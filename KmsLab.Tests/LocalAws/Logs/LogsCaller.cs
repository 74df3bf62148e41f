using System.Net;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>Calls CloudWatch Logs over bare HTTP, so that a test sees exactly what stands on the wire.</summary>
internal sealed class LogsCaller(LocalAwsHost host)
{
    /// <summary>The moment that tests take for now where the endpoint runs on a clock of theirs.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static long At(TimeSpan fromNow) => (Now + fromNow).ToUnixTimeMilliseconds();

    /// <summary>Calls an operation that must succeed.</summary>
    public async Task<JsonObject> CallAsync(string operation, JsonObject request)
    {
        var (status, body) = await SendAsync(operation, request);
        status.ShouldBe(HttpStatusCode.OK, $"{operation}: {body}");
        return body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Calls an operation that must fail, and returns the error's type and message.</summary>
    public async Task<(string Type, string Message)> FailAsync(string operation, JsonObject request)
    {
        var (status, body) = await SendAsync(operation, request);
        status.ShouldBe(HttpStatusCode.BadRequest, $"{operation}: {body}");
        var error = JsonNode.Parse(body)!.AsObject();
        return (error["__type"]!.GetValue<string>(), error["message"]?.GetValue<string>() ?? "");
    }

    public async Task CreateAsync(string group, params string[] streams)
    {
        await CallAsync("CreateLogGroup", new() { ["logGroupName"] = group });
        foreach (var stream in streams)
            await CallAsync("CreateLogStream", new() { ["logGroupName"] = group, ["logStreamName"] = stream });
    }

    public Task<JsonObject> PutAsync(string group, string stream, params (long Timestamp, string Message)[] events) => CallAsync("PutLogEvents", Batch(group, stream, events));

    public static JsonObject Batch(string group, string stream, params (long Timestamp, string Message)[] events) => new()
    {
        ["logGroupName"] = group,
        ["logStreamName"] = stream,
        ["logEvents"] = new JsonArray([.. events.Select(one => new JsonObject { ["timestamp"] = one.Timestamp, ["message"] = one.Message })]),
    };

    /// <summary>The messages of a page.</summary>
    public static List<string> Messages(JsonObject page) => [.. page["events"]!.AsArray().Select(one => one!["message"]!.GetValue<string>())];

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string operation, JsonObject request)
    {
        using var response = await host.PostJsonAsync("logs", "Logs_20140328." + operation, request.ToJsonString());
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
