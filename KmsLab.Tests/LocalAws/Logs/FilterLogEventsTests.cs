using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws.Logs;

public sealed class FilterLogEventsTests : IAsyncLifetime
{
    private LocalAwsHost _host = null!;
    private LogsCaller _logs = null!;

    private static long Now => LogsCaller.At(default);

    public async ValueTask InitializeAsync()
    {
        _host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        _logs = new(_host);
        await _logs.CreateAsync("g", "one", "two", "three");
        await _logs.PutAsync("g", "two", (Now + 1, """{"level":"info","n":1}"""), (Now + 3, """{"level":"error","n":3}"""));
        await _logs.PutAsync("g", "one", (Now, "plain ERROR"), (Now + 2, """{"level":"error","n":2}"""));
        await _logs.PutAsync("g", "three", (Now + 2, "plain"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Events_of_all_streams_come_in_order_of_their_time()
    {
        var page = await _logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" });

        page["events"]!.AsArray().Select(one => (one!["logStreamName"]!.GetValue<string>(), one["timestamp"]!.GetValue<long>() - Now))
            .ShouldBe([("one", 0), ("two", 1), ("one", 2), ("three", 2), ("two", 3)]);
        page["events"]!.AsArray().Select(one => one!["eventId"]!.GetValue<string>()).ShouldBeUnique();
        page["events"]![0]!["ingestionTime"]!.GetValue<long>().ShouldBe(Now);
        page["searchedLogStreams"]!.AsArray().ShouldBeEmpty();
        page.ContainsKey("nextToken").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"filterPattern":"{ $.level = \"error\" && $.n > 2 }"}""", "two+3")]
    [InlineData("""{"filterPattern":"plain -ERROR"}""", "three+2")]
    [InlineData("""{"filterPattern":"?ERROR ?info"}""", "one+0 two+1")]
    [InlineData("""{"filterPattern":""}""", "one+0 two+1 one+2 three+2 two+3")]
    [InlineData("""{"logStreamNames":["two"]}""", "two+1 two+3")]
    [InlineData("""{"logStreamNames":["two","three"]}""", "two+1 three+2 two+3")]
    [InlineData("""{"logStreamNamePrefix":"t"}""", "two+1 three+2 two+3")]
    [InlineData("""{"logStreamNamePrefix":"none"}""", "")]
    [InlineData("""{"startTime":1,"endTime":2}""", "two+1 one+2 three+2")]
    [InlineData("""{"startTime":3,"endTime":1}""", "")]
    public async Task Events_are_selected_by_pattern_stream_and_time(string selection, string expected)
    {
        var request = JsonNode.Parse(selection)!.AsObject();
        request["logGroupIdentifier"] = "arn:aws:logs:us-east-1:000000000000:log-group:g";
        foreach (var bound in (string[])["startTime", "endTime"])
        {
            if (request[bound] is { } offset)
                request[bound] = Now + offset.GetValue<long>();
        }

        // In one page, and one event at a time.
        (await AllAsync(request.DeepClone().AsObject())).ShouldBe(expected);
        request["limit"] = 1;
        (await AllAsync(request)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"logGroupName":"none"}""", "ResourceNotFoundException", "The specified log group does not exist.")]
    [InlineData("""{"logGroupName":"g","logStreamNames":["none"]}""", "ResourceNotFoundException", "The specified log stream does not exist.")]
    [InlineData("""{"logGroupName":"g","logStreamNames":["one"],"logStreamNamePrefix":"o"}""", "InvalidParameterException", "mutually exclusive")]
    [InlineData("""{"logGroupName":"g","logGroupIdentifier":"g"}""", "ValidationException", "mutually exclusive")]
    [InlineData("""{}""", "InvalidParameterException", "exactly one of")]
    [InlineData("""{"logGroupIdentifier":"arn:aws:logs:eu-west-1:000000000000:log-group:g"}""", "ResourceNotFoundException", "log group does not exist")]
    [InlineData("""{"logGroupName":"g","filterPattern":"{ $.a = }"}""", "InvalidParameterException", "at position 8 of the filter pattern")]
    [InlineData("""{"logGroupName":"g","filterPattern":"a:b"}""", "InvalidParameterException", "Invalid character(s) in term ':'")]
    [InlineData("""{"logGroupName":"g","limit":10001}""", "InvalidParameterException", "less than or equal to 10000")]
    [InlineData("""{"logGroupName":"g","startTime":-1}""", "InvalidParameterException", "greater than or equal to 0")]
    [InlineData("""{"logGroupName":"g","nextToken":"bm9uc2Vuc2U"}""", "InvalidParameterException", "The specified nextToken is invalid.")]
    public async Task Invalid_request_is_refused(string request, string type, string message)
    {
        var error = await _logs.FailAsync("FilterLogEvents", JsonNode.Parse(request)!.AsObject());

        error.Type.ShouldBe(type);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Page_that_finds_nothing_in_much_is_empty_and_has_a_token()
    {
        await _logs.CreateAsync("large", "s");
        var filler = new string('x', 1000);
        for (var batch = 0; batch < 20; batch++)
            await _logs.PutAsync("large", "s", [.. Enumerable.Range(0, 1000).Select(i => (Now + batch, filler))]);
        await _logs.PutAsync("large", "s", (Now + 100, "needle"));

        var first = await _logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "large", ["filterPattern"] = "needle" });
        first["events"]!.AsArray().ShouldBeEmpty();
        var second = await _logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "large", ["filterPattern"] = "needle", ["nextToken"] = first["nextToken"]!.GetValue<string>() });
        LogsCaller.Messages(second).ShouldBe(["needle"]);
        second.ContainsKey("nextToken").ShouldBeFalse();
    }

    private async Task<string> AllAsync(JsonObject request)
    {
        List<string> found = [];
        do
        {
            var page = await _logs.CallAsync("FilterLogEvents", request);
            found.AddRange(page["events"]!.AsArray().Select(one => $"{one!["logStreamName"]}+{one["timestamp"]!.GetValue<long>() - Now}"));
            request["nextToken"] = page["nextToken"]?.GetValue<string>();
        }
        while (request["nextToken"] is not null);

        return string.Join(' ', found);
    }
}
