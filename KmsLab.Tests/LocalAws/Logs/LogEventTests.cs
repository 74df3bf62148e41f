using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>PutLogEvents and GetLogEvents, on a clock of the test's.</summary>
public sealed class LogEventTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Events_too_old_too_new_or_expired_are_rejected_and_the_others_kept()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");

        var old = await logs.PutAsync("g", "s", (LogsCaller.At(-TimeSpan.FromDays(14) - Minute), "too old"), (LogsCaller.At(-Minute), "kept"), (LogsCaller.At(Minute), "kept too"), (LogsCaller.At(TimeSpan.FromHours(3)), "too new"));
        old["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"tooNewLogEventStartIndex":3,"tooOldLogEventEndIndex":1}""");
        old["nextSequenceToken"]!.GetValue<string>().ShouldNotBeEmpty();

        await logs.CallAsync("PutRetentionPolicy", new() { ["logGroupName"] = "g", ["retentionInDays"] = 1 });
        var expired = await logs.PutAsync("g", "s", (LogsCaller.At(-TimeSpan.FromDays(2)), "expired"), (LogsCaller.At(default), "kept as well"));
        expired["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"expiredLogEventEndIndex":1}""");

        var all = await logs.PutAsync("g", "s", (LogsCaller.At(TimeSpan.FromHours(2) + Minute), "too new"));
        all["rejectedLogEventsInfo"]!.ToJsonString().ShouldBe("""{"tooNewLogEventStartIndex":0}""");
        (await logs.PutAsync("g", "s", (LogsCaller.At(TimeSpan.FromHours(2)), "just"))).ContainsKey("rejectedLogEventsInfo").ShouldBeFalse();
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" })).ShouldBe(["kept", "kept as well", "kept too", "just"]);
    }

    [Fact]
    public async Task Batch_is_refused_whole_when_it_breaks_a_limit()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        var now = LogsCaller.At(default);

        async Task RefusedAsync(string message, params (long, string)[] events)
        {
            var error = await logs.FailAsync("PutLogEvents", LogsCaller.Batch("g", "s", events));
            error.Type.ShouldBe("InvalidParameterException");
            error.Message.ShouldContain(message);
        }

        await RefusedAsync("must be in chronological order", (now, "b"), (now - 1, "a"));
        await RefusedAsync("cannot span more than 24 hours", (LogsCaller.At(-TimeSpan.FromHours(24) - Minute), "a"), (now, "b"));
        await RefusedAsync("Log event too large: 1048577 bytes exceeds limit of 1048576", (now, new string('x', 1_048_551)));
        await RefusedAsync("Upload too large: 1048578 bytes exceeds limit of 1048576", (now, new string('x', 1_048_525)), (now, "x"));
        await RefusedAsync("Member must have length less than or equal to 10000", [.. Enumerable.Repeat((now, "x"), 10_001)]);
        await RefusedAsync("Member must have length greater than or equal to 1");
        await RefusedAsync("at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1", (now, ""));
        await logs.PutAsync("g", "s", (now, new string('x', 1_048_550)));
        (await logs.FailAsync("PutLogEvents", LogsCaller.Batch("h", "s", (now, "x")))).Type.ShouldBe("ResourceNotFoundException");
    }

    [Fact]
    public async Task GetLogEvents_reads_the_latest_page_first_and_turns_round_anywhere()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s", "other");
        var now = LogsCaller.At(default);
        await logs.PutAsync("g", "s", [.. Enumerable.Range(0, 10).Select(i => (now + (i / 2), $"{i}"))]);
        await logs.PutAsync("g", "other", (now, "not mine"));
        Task<JsonObject> GetAsync(JsonNode? token, bool fromHead = false, int limit = 4) =>
            logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s", ["limit"] = limit, ["nextToken"] = token?.GetValue<string>(), ["startFromHead"] = fromHead });

        var latest = await GetAsync(null);
        LogsCaller.Messages(latest).ShouldBe(["6", "7", "8", "9"]);
        var before = await GetAsync(latest["nextBackwardToken"]);
        LogsCaller.Messages(before).ShouldBe(["2", "3", "4", "5"]);
        var first = await GetAsync(before["nextBackwardToken"]);
        LogsCaller.Messages(first).ShouldBe(["0", "1"]);
        var none = await GetAsync(first["nextBackwardToken"]);
        LogsCaller.Messages(none).ShouldBeEmpty();
        none["nextBackwardToken"]!.GetValue<string>().ShouldBe(first["nextBackwardToken"]!.GetValue<string>());
        LogsCaller.Messages(await GetAsync(none["nextForwardToken"], limit: 3)).ShouldBe(["0", "1", "2"]);

        var head = await GetAsync(null, fromHead: true);
        LogsCaller.Messages(head).ShouldBe(["0", "1", "2", "3"]);
        var end = await GetAsync(latest["nextForwardToken"], fromHead: true);
        LogsCaller.Messages(end).ShouldBeEmpty();
        end["nextForwardToken"]!.GetValue<string>().ShouldBe(latest["nextForwardToken"]!.GetValue<string>());
        LogsCaller.Messages(await GetAsync(end["nextBackwardToken"], limit: 2)).ShouldBe(["8", "9"]);

        await logs.PutAsync("g", "s", (now + 10, "new"));
        LogsCaller.Messages(await GetAsync(end["nextForwardToken"], fromHead: true)).ShouldBe(["new"]);
        end["nextForwardToken"]!.GetValue<string>().ShouldMatch("^f/[0-9]{56}/s$");
        (await logs.FailAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s", ["nextToken"] = "x" })).Message.ShouldBe("The specified nextToken is invalid.");
    }

    [Fact]
    public async Task GetLogEvents_includes_the_start_and_excludes_the_end()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        var now = LogsCaller.At(default);
        await logs.PutAsync("g", "s", (now, "a"), (now + 1, "b"), (now + 2, "c"));

        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupIdentifier"] = "g", ["logStreamName"] = "s", ["startTime"] = now + 1, ["endTime"] = now + 2 })).ShouldBe(["b"]);
        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s", ["startTime"] = now + 5 })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_holds_at_most_one_megabyte()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        var now = LogsCaller.At(default);
        for (var i = 0; i < 3; i++)
            await logs.PutAsync("g", "s", (now + i, new string((char)('a' + i), 500_000)));

        var get = await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s", ["startFromHead"] = true });
        LogsCaller.Messages(get).ConvertAll(message => message[0]).ShouldBe(['a', 'b']);
        var filtered = await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" });
        LogsCaller.Messages(filtered).Count.ShouldBe(2);
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g", ["nextToken"] = filtered["nextToken"]!.GetValue<string>() })).ConvertAll(message => message[0]).ShouldBe(['c']);
    }

    [Fact]
    public async Task Events_are_there_after_a_restart()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        await logs.PutAsync("g", "s", (LogsCaller.At(default), "kept"));

        await host.RestartAsync();

        LogsCaller.Messages(await logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "g", ["logStreamName"] = "s" })).ShouldBe(["kept"]);
    }

    [Theory]
    [InlineData("\u00ff")]
    [InlineData("\\n\u00ff")]
    public async Task Message_that_is_not_UTF8_is_refused(string message)
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("g", "s");
        using var http = host.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            // Latin-1: the byte FF is nowhere in UTF-8.
            Content = new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(
                $$"""{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":{{LogsCaller.At(default)}},"message":"{{message}}"}]}""")),
        };
        request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "Logs_20140328.PutLogEvents");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=00");

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("SerializationException");
        LogsCaller.Messages(await logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "g" })).ShouldBeEmpty();
    }
}
