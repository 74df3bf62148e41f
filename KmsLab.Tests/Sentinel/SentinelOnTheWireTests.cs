using System.Net;
using System.Text.Json.Nodes;
using KmsLab.Tests.AwsSdk;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Sentinel;

/// <summary>What LocalAws does not do on demand: empty pages, throttling; and the service's own HTTP face.</summary>
public sealed class SentinelOnTheWireTests
{
    private const string NoEvents = """{"events":[]}""";

    [Fact]
    public async Task Pages_are_followed_until_there_is_no_token_even_when_one_is_empty()
    {
        var log = new JsonObject
        {
            ["events"] = new JsonArray(new JsonObject
            {
                ["eventId"] = "1",
                ["logStreamName"] = "111122223333_CloudTrail_eu-west-1",
                ["message"] = TestRecords.Decrypt(TimeProvider.System.GetUtcNow()).ToJsonString(),
            }),
        };
        await using var aws = await WireServer.StartAsync("""{"events":[],"nextToken":"more"}""", log.ToJsonString(), NoEvents);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), ("Sentinel:EventSources:0", "kms.amazonaws.com"));

        await sentinel.JsonAsync("/api/status", status => status["records"]!["counted"]!.GetValue<long>() == 1);

        var (first, second) = (JsonNode.Parse(aws.Requests[0].Body)!, JsonNode.Parse(aws.Requests[1].Body)!);
        first["nextToken"].ShouldBeNull();
        second["nextToken"]!.GetValue<string>().ShouldBe("more");
        first["filterPattern"]!.GetValue<string>().ShouldBe("""{ $.eventSource = "kms.amazonaws.com" }""");
        first.AsObject().ContainsKey("logStreamNames").ShouldBeFalse();
    }

    [Fact]
    public async Task Throttled_source_backs_off_visibly_and_comes_back()
    {
        var throttled = new WireResponse(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""");
        await using var aws = await WireServer.StartAsync([.. Enumerable.Repeat(throttled, 5), NoEvents]);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());

        var failing = await sentinel.JsonAsync("/api/status", status => State(status) == "failing");
        failing["sources"]![0]!["problem"]!.GetValue<string>().ShouldContain("Rate exceeded");
        var back = await sentinel.JsonAsync("/api/status", status => State(status) == "reading");

        back["sources"]![0]!["failures"]!.GetValue<long>().ShouldBeGreaterThan(0);
        back["sources"]![0]!["failuresInARow"]!.GetValue<long>().ShouldBe(0);
        back["sources"]![0]!["problem"].ShouldBeNull();
    }

    [Fact]
    public async Task Wrong_options_are_all_named_at_once()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ("Sentinel:LogGroups:0", ""),
            ("Sentinel:HeadInterval", "00:00:00"),
            ("Sentinel:Detections:no-such:Threshold", "2"),
            ("Sentinel:Detections:kms-error-burst:Threshold", "0")));

        problem.Failures.Count().ShouldBe(4);
        problem.Message.ShouldContain("Sentinel:LogGroups names no log group");
        problem.Message.ShouldContain("Sentinel:HeadInterval must be more than zero");
        problem.Message.ShouldContain("Sentinel:Detections:no-such is no detection. Choose among ");
        problem.Message.ShouldContain("Sentinel:Detections:kms-error-burst:Threshold must be at least 1");
    }

    [Fact]
    public async Task Unknown_database_is_named_with_the_choices()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => SentinelHost.StartAsync("http://127.0.0.1:1", ("Sentinel:Database", "Oracle")));

        problem.Message.ShouldContain("it is 'Oracle'. It is one of Sqlite, PostgreSql.");
    }

    [Theory]
    [InlineData("/api/alarms/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/rates?from=yesterday", HttpStatusCode.BadRequest)]
    public async Task Wrong_question_gets_problem_details(string path, HttpStatusCode expected)
    {
        await using var aws = await WireServer.StartAsync(NoEvents);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());

        using var answer = await sentinel.GetAsync(path);

        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Api_names_the_ways_in()
    {
        await using var aws = await WireServer.StartAsync(NoEvents);
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());

        using var answer = await sentinel.GetAsync("/api");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("/api/alarms");
    }

    private static string State(JsonNode status) => status["sources"]![0]!["state"]!.GetValue<string>();
}
