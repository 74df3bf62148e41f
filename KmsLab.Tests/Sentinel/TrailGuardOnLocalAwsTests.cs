using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel;

/// <summary>The trail guard against LocalAws over HTTP: what an attacker changes, and what is put back.</summary>
public sealed class TrailGuardOnLocalAwsTests
{
    private const string CloudTrailTarget = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";
    private const string Everything = """{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"All","IncludeManagementEvents":true}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("StopLogging", """{"Name":"kmslab"}""", "StartLogging", """{"Name":"kmslab"}""", "does not log")]
    [InlineData(
        "PutEventSelectors", """{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"All","ExcludeManagementEventSources":["kms.amazonaws.com"]}]}""",
        "PutEventSelectors", Everything, "kms.amazonaws.com is excluded")]
    [InlineData(
        "PutEventSelectors", """{"TrailName":"kmslab","AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"readOnly","Equals":["false"]}]}]}""",
        "PutEventSelectors", Everything, "readOnly = false")]
    [InlineData(
        "UpdateTrail", """{"Name":"kmslab","CloudWatchLogsLogGroupArn":""}""",
        "UpdateTrail", """{"Name":"kmslab","CloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:kmslab-trail:*","CloudWatchLogsRoleArn":"ROLE"}""", "no longer delivers to")]
    public async Task Trail_that_is_cut_is_found_though_no_record_comes_and_all_is_well_when_it_is_put_back(string cut, string how, string mend, string back, string difference)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws);
        var baseline = (await sentinel.JsonAsync("/api/status", IsWatching))["guard"]!;
        baseline["departures"]!.AsArray().ShouldBeEmpty();

        await CloudTrailAsync(aws, cut, how);
        var departed = await sentinel.JsonAsync("/api/status", status => Departures(status).Any(difference));
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "trail-blinding") == "ALARM");

        await CloudTrailAsync(aws, mend, back.Replace("ROLE", Baseline(baseline, "role"), StringComparison.Ordinal));
        await sentinel.JsonAsync("/api/status", status => status["guard"]!["departures"]!.AsArray().Count == 0);
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "trail-blinding") == "OK");
        departed["guard"]!["problems"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Shorter_retention_is_found_and_accepted_with_a_reason_that_is_kept()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await StartAsync(aws, ("Sentinel:Api:OpenOnLoopback", "true"));
        await sentinel.JsonAsync("/api/status", IsWatching);
        (await AcceptAsync(sentinel, """{"reason":"nothing"}""")).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await LogsAsync(aws, "PutRetentionPolicy", """{"logGroupName":"kmslab-trail","retentionInDays":1}""");
        await sentinel.JsonAsync("/api/status", status => Departures(status).Any("log-group:kmslab-trail keeps events for 1 days instead of never"));
        (await AcceptAsync(sentinel, "{}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await AcceptAsync(sentinel, """{"reason":"a lab","by":"me"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var status = await sentinel.JsonAsync("/api/status", status => status["guard"]!["departures"]!.AsArray().Count == 0);
        var acceptance = status["guard"]!["acceptances"]!.AsArray().ShouldHaveSingleItem()!;
        acceptance["by"]!.GetValue<string>().ShouldBe("me (loopback)");
        acceptance["reason"]!.GetValue<string>().ShouldBe("a lab");
        Baseline(status["guard"]!, "retention in days").ShouldBe("1");
    }

    [Fact]
    public async Task Denied_call_says_which_action_is_missing_is_not_fatal_and_raises_nothing()
    {
        await using var aws = await LocalAwsHost.StartAsync(
        [
            ("LocalAws:Denials:0:Principal", "*/AKIALABSENTINEL00000"),
            ("LocalAws:Denials:0:Actions:0", "cloudtrail:GetTrailStatus"),
            ("LocalAws:Denials:0:Actions:1", "kms:DescribeKey"),
        ]);
        using var kms = aws.Kms();
        var keys = new[] { (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata.Arn, (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata.Arn };
        await using var sentinel = await StartAsync(aws, ("Sentinel:ProtectedSets:vault:Keys:0", keys[0]), ("Sentinel:ProtectedSets:vault:Keys:1", keys[1]));

        var status = await sentinel.JsonAsync("/api/status", status => status["guard"]!["problems"]!.AsArray().Count >= 2);
        await sentinel.JsonAsync("/api/rates?operation=DescribeKey", rates => rates["series"]!.AsArray().Count == 1);

        var problems = status["guard"]!["problems"]!.AsArray().Select(problem => problem!["problem"]!.GetValue<string>()).ToList();
        problems.ShouldContain("denied to Sentinel: allow cloudtrail:GetTrailStatus to its role");
        problems.ShouldContain("denied to Sentinel: allow kms:DescribeKey to its role");
        (await sentinel.JsonAsync("/api/alarms")).AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Disabled_protected_key_is_tampering()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata.Arn;
        await using var sentinel = await StartAsync(aws, ("Sentinel:ProtectedSets:vault:Keys:0", key));
        await sentinel.JsonAsync("/api/status", status => Baseline(status["guard"]!, "state") == "Enabled");

        await kms.DisableKeyAsync(key, Cancellation);

        await sentinel.JsonAsync("/api/status", status => Departures(status).Any($"the key {key} is Disabled, was Enabled"));
        await sentinel.JsonAsync("/api/alarms", alarms => State(alarms, "key-tampering") == "ALARM");
    }

    private static Task<SentinelHost> StartAsync(LocalAwsHost aws, params (string, string?)[] settings) => SentinelHost.StartAsync(
        aws.Url,
        [
            ("Sentinel:Guard:Enabled", "true"),
            ("Sentinel:Guard:Interval", "00:00:00.300"),
            ("Sentinel:Detections:trail-blinding:Window", "00:00:01"),
            .. settings,
        ]);

    private static bool IsWatching(JsonNode status) => Baseline(status["guard"]!, "logging") == "yes" && Baseline(status["guard"]!, "retention in days") == "never";

    private static string? Baseline(JsonNode guard, string aspect) =>
        guard["baseline"]!.AsArray().FirstOrDefault(fact => fact!["aspect"]!.GetValue<string>() == aspect)?["value"]!.GetValue<string>();

    private static Differences Departures(JsonNode status) => new([.. status["guard"]!["departures"]!.AsArray().Select(departure => departure!["difference"]!.GetValue<string>())]);

    private static string? State(JsonNode alarms, string detection) =>
        alarms.AsArray().FirstOrDefault(alarm => alarm!["detection"]!.GetValue<string>() == detection)?["state"]!.GetValue<string>();

    private static async Task CloudTrailAsync(LocalAwsHost aws, string operation, string body)
    {
        using var answer = await aws.PostJsonAsync("cloudtrail", CloudTrailTarget + operation, body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task LogsAsync(LocalAwsHost aws, string operation, string body)
    {
        using var answer = await aws.PostJsonAsync("logs", "Logs_20140328." + operation, body);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpResponseMessage> AcceptAsync(SentinelHost sentinel, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/guard/accept") { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        return await sentinel.SendAsync(request);
    }

    private sealed record Differences(IReadOnlyList<string> All)
    {
        public bool Any(string part) => All.Any(difference => difference.Contains(part, StringComparison.Ordinal));
    }
}
