using System.Text.Json.Nodes;

namespace KmsLab.Tests.LocalAws.Logs;

public sealed class LogStreamTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private readonly LogsCaller _logs = new(aws.Host);
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Streams_are_listed_by_name_or_by_last_event_in_pages()
    {
        await _logs.CreateAsync("ordered", "b", "a", "c", "ab");
        await _logs.PutAsync("ordered", "c", (_now - 5000, "x"), (_now - 3000, "y"));
        await _logs.PutAsync("ordered", "a", (_now - 1000, "z"));

        (await AllAsync(new() { ["logGroupName"] = "ordered" })).ShouldBe(["a", "ab", "b", "c"]);
        (await AllAsync(new() { ["logGroupName"] = "ordered", ["descending"] = true })).ShouldBe(["c", "b", "ab", "a"]);
        (await AllAsync(new() { ["logGroupName"] = "ordered", ["logStreamNamePrefix"] = "a" })).ShouldBe(["a", "ab"]);
        (await AllAsync(new() { ["logGroupName"] = "ordered", ["orderBy"] = "LastEventTime", ["descending"] = true })).ShouldBe(["a", "c", "b", "ab"]);
        (await AllAsync(new() { ["logGroupIdentifier"] = "arn:aws:logs:us-east-1:000000000000:log-group:ordered", ["orderBy"] = "LastEventTime" })).ShouldBe(["ab", "b", "c", "a"]);
    }

    [Fact]
    public async Task Stream_shows_its_first_and_last_event_and_the_group_its_size()
    {
        await _logs.CreateAsync("sized", "s");
        await _logs.PutAsync("sized", "s", (_now - 3000, "é"), (_now - 1000, "yy"));
        await _logs.PutAsync("sized", "s", (_now - 2000, "z"));

        var stream = (await _logs.CallAsync("DescribeLogStreams", new() { ["logGroupName"] = "sized" }))["logStreams"]![0]!;

        stream["firstEventTimestamp"]!.GetValue<long>().ShouldBe(_now - 3000);
        stream["lastEventTimestamp"]!.GetValue<long>().ShouldBe(_now - 1000);
        stream["lastIngestionTime"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(_now);
        stream["arn"]!.GetValue<string>().ShouldBe("arn:aws:logs:us-east-1:000000000000:log-group:sized:log-stream:s");
        stream["uploadSequenceToken"]!.GetValue<string>().ShouldNotBeEmpty();
        (await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "sized" }))["logGroups"]![0]!["storedBytes"]!.GetValue<long>().ShouldBe((2 + 26) + (2 + 26) + (1 + 26));
    }

    [Fact]
    public async Task Stream_that_exists_or_does_not_is_an_error()
    {
        await _logs.CreateAsync("errors", "s");
        static JsonObject Stream(string group, string stream) => new() { ["logGroupName"] = group, ["logStreamName"] = stream };

        (await _logs.FailAsync("CreateLogStream", Stream("errors", "s"))).ShouldBe(("ResourceAlreadyExistsException", "The specified log stream already exists"));
        (await _logs.FailAsync("CreateLogStream", Stream("none", "s"))).ShouldBe(("ResourceNotFoundException", "The specified log group does not exist."));
        (await _logs.FailAsync("DeleteLogStream", Stream("errors", "t"))).ShouldBe(("ResourceNotFoundException", "The specified log stream does not exist."));
        (await _logs.FailAsync("CreateLogStream", Stream("errors", "a:b"))).Message.ShouldContain("pattern: [^:*]*");
        await _logs.CallAsync("DeleteLogStream", Stream("errors", "s"));
        (await _logs.FailAsync("PutLogEvents", LogsCaller.Batch("errors", "s", (_now, "x")))).Message.ShouldBe("The specified log stream does not exist.");
    }

    private async Task<List<string>> AllAsync(JsonObject request)
    {
        List<string> names = [];
        request["limit"] = 3;
        do
        {
            var page = await _logs.CallAsync("DescribeLogStreams", request);
            names.AddRange(page["logStreams"]!.AsArray().Select(stream => stream!["logStreamName"]!.GetValue<string>()));
            request["nextToken"] = page["nextToken"]?.GetValue<string>();
        }
        while (request["nextToken"] is not null);

        return names;
    }
}
