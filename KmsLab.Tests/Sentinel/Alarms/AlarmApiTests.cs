using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.Tests.AwsSdk;
using KmsLab.Tests.EndToEnd;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Acknowledging and silencing over HTTP, and who may.</summary>
public sealed class AlarmApiTests
{
    private const string Reason = """{"reason":"looking into it"}""";

    private static readonly (string, string?) Open = ("Sentinel:Api:OpenOnLoopback", "true");

    [Fact]
    public async Task Acknowledgement_shows_at_once_and_in_the_history()
    {
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);
        var path = await PathAsync(sentinel);

        using var answer = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", """{"reason":"looking into it","by":"alice"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var alarm = await JsonAsync(answer);
        alarm["acknowledged"]!["by"]!.GetValue<string>().ShouldBe("alice (loopback)");
        alarm["acknowledged"]!["reason"]!.GetValue<string>().ShouldBe("looking into it");
        alarm["acknowledged"]!["occurrence"]!.GetValue<long>().ShouldBe(1);
        alarm["silenced"].ShouldBeNull();
        (await sentinel.JsonAsync(path))["acknowledged"]!["by"]!.GetValue<string>().ShouldBe("alice (loopback)");
        (await sentinel.JsonAsync("/api/alarms"))[0]!["acknowledged"]!["by"]!.GetValue<string>().ShouldBe("alice (loopback)");
        var history = await sentinel.JsonAsync($"{path}/history", history => Kinds(history).Contains("sent"));
        Kinds(history).Order().ShouldBe(["acknowledged", "notified", "sent", "state"]);
        history.AsArray().Single(entry => entry!["kind"]!.GetValue<string>() == "acknowledged")!["who"]!.GetValue<string>().ShouldBe("alice (loopback)");
    }

    [Fact]
    public async Task Silence_is_set_prolonged_and_ended()
    {
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);
        var path = await PathAsync(sentinel);
        var until = TimeProvider.System.GetUtcNow().AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'");

        using var set = await SendAsync(sentinel, HttpMethod.Post, $"{path}/silence", """{"reason":"migration","duration":3600}""");
        using var prolonged = await SendAsync(sentinel, HttpMethod.Post, $"{path}/silence", $$"""{"reason":"migration","until":"{{until}}"}""");
        using var ended = await SendAsync(sentinel, HttpMethod.Delete, $"{path}/silence");
        using var again = await SendAsync(sentinel, HttpMethod.Delete, $"{path}/silence");

        var (first, second) = (Until(await JsonAsync(set)), Until(await JsonAsync(prolonged)));
        (second - first).ShouldBeInRange(TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        (await JsonAsync(ended))["silenced"].ShouldBeNull();
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var history = await sentinel.JsonAsync($"{path}/history");
        Kinds(history).Where(kind => kind.Contains("silence")).ShouldBe(["silenced", "silenced", "unsilenced"]);
    }

    [Theory]
    [InlineData("acknowledge", "{}", "reason")]
    [InlineData("acknowledge", """{"reason":"  "}""", "reason")]
    [InlineData("acknowledge", """{"reason":"two\nlines"}""", "reason")]
    [InlineData("acknowledge", """{"reason":7}""", "reason")]
    [InlineData("acknowledge", """{"reason":"r","by":""}""", "by")]
    [InlineData("acknowledge", """{"reason":"r","bye":"alice"}""", "bye")]
    [InlineData("acknowledge", "[]", "body")]
    [InlineData("comments", "{}", "text")]
    [InlineData("comments", """{"text":"t","reason":"r"}""", "reason")]
    [InlineData("close", """{"reason":"r"}""", "verdict")]
    [InlineData("close", """{"reason":"r","verdict":"maybe"}""", "verdict")]
    [InlineData("close", """{"reason":"r","verdict":true}""", "verdict")]
    [InlineData("close", """{"verdict":"true"}""", "reason")]
    [InlineData("close", """{"verdict":"true","reason":"r","incident":"all"}""", "incident")]
    [InlineData("silence", """{"reason":"r"}""", "until")]
    [InlineData("silence", """{"reason":"r","duration":60,"until":"2999-01-01T00:00:00Z"}""", "until")]
    [InlineData("silence", """{"reason":"r","until":"tomorrow"}""", "until")]
    [InlineData("silence", """{"reason":"r","until":"2999-01-01T00:00:00"}""", "until")]
    [InlineData("silence", """{"reason":"r","until":"2999-01-01T00:00:00Z"}""", "until")]
    [InlineData("silence", """{"reason":"r","until":"2020-01-01T00:00:00Z"}""", "until")]
    [InlineData("silence", """{"reason":"r","duration":0}""", "duration")]
    [InlineData("silence", """{"reason":"r","duration":-60}""", "duration")]
    [InlineData("silence", """{"reason":"r","duration":1e300}""", "duration")]
    [InlineData("silence", """{"reason":"r","duration":"4 hours"}""", "duration")]
    [InlineData("silence", """{"reason":"r","duration":"10000000.00:00:00"}""", "duration")]
    public async Task Wrong_body_is_answered_with_what_to_send(string action, string body, string member)
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);

        using var answer = await SendAsync(sentinel, HttpMethod.Post, $"/api/alarms/any/{action}", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await JsonAsync(answer))["errors"]![member]![0]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData(Reason, HttpStatusCode.NotFound)]
    public async Task Unreadable_body_and_unknown_alarm_get_problem_details(string body, HttpStatusCode expected)
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);

        using var answer = await SendAsync(sentinel, HttpMethod.Post, "/api/alarms/any/acknowledge", body);

        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Body_beyond_any_reason_is_refused()
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);

        using var answer = await SendAsync(sentinel, HttpMethod.Post, "/api/alarms/any/acknowledge", $$"""{"reason":"{{new string('x', 20_000)}}"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Alarm_that_has_ended_can_be_acknowledged_silenced_commented_closed_and_reopened()
    {
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open, ("Sentinel:Detections:kms-error-burst:Window", "00:00:01"));
        var path = await PathAsync(sentinel);
        await sentinel.JsonAsync(path, alarm => alarm["ended"]!.GetValue<bool>());

        using var acknowledged = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", Reason);
        using var taken = await SendAsync(sentinel, HttpMethod.Delete, $"{path}/acknowledge");
        using var silenced = await SendAsync(sentinel, HttpMethod.Post, $"{path}/silence", """{"reason":"migration","duration":"04:00:00"}""");
        using var commented = await SendAsync(sentinel, HttpMethod.Post, $"{path}/comments", """{"text":"asked the team","by":"alice"}""");
        using var closed = await SendAsync(sentinel, HttpMethod.Post, $"{path}/close", """{"verdict":"expected","reason":"a drill"}""");
        using var again = await SendAsync(sentinel, HttpMethod.Post, $"{path}/close", """{"verdict":"true","reason":"a drill"}""");
        using var late = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", Reason);
        using var reopened = await SendAsync(sentinel, HttpMethod.Delete, $"{path}/close");
        using var twice = await SendAsync(sentinel, HttpMethod.Delete, $"{path}/close");

        (await JsonAsync(acknowledged))["attention"]!.GetValue<string>().ShouldBe("acknowledged");
        (await JsonAsync(taken))["attention"]!.GetValue<string>().ShouldBe("needed");
        (await JsonAsync(silenced))["attention"]!.GetValue<string>().ShouldBe("silenced");
        commented.StatusCode.ShouldBe(HttpStatusCode.OK);
        var closure = await JsonAsync(closed);
        closure["attention"]!.GetValue<string>().ShouldBe("closed");
        closure["closed"]!["verdict"]!.GetValue<string>().ShouldBe("expected");
        closure["closed"]!["by"]!.GetValue<string>().ShouldBe("loopback");
        (again.StatusCode, late.StatusCode, twice.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict));
        (await JsonAsync(reopened))["closed"].ShouldBeNull();
        var history = await sentinel.JsonAsync($"{path}/history", history => Kinds(history).Contains("reopened"));
        history.AsArray().Single(entry => entry!["kind"]!.GetValue<string>() == "commented")!["reason"]!.GetValue<string>().ShouldBe("asked the team");
        history.AsArray().Single(entry => entry!["kind"]!.GetValue<string>() == "closed")!["verdict"]!.GetValue<string>().ShouldBe("expected");
    }

    [Fact]
    public async Task Without_a_key_nobody_changes_anything_unless_loopback_is_open()
    {
        var key = ApiKey.Create();
        await using var aws = await AttackAsync();
        await using var sentinel = await SentinelHost.StartAsync(
            aws.Url.ToString(), ("Sentinel:Api:OpenOnLoopback", "false"), ("Sentinel:Api:Keys:0:Name", "oncall"), ("Sentinel:Api:Keys:0:KeyHash", Convert.ToHexString(ApiKey.Hash(key))));
        sentinel.UseKey(key);
        var path = await PathAsync(sentinel);
        sentinel.UseKey(null);

        using var without = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", Reason);
        using var wrong = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", Reason, ("X-Api-Key", ApiKey.Create()));
        using var right = await SendAsync(sentinel, HttpMethod.Post, $"{path}/acknowledge", Reason, ("Authorization", $"Bearer {key}"));

        without.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        without.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JsonAsync(right))["acknowledged"]!["by"]!.GetValue<string>().ShouldBe("oncall");
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.NotFound)]
    [InlineData("Host", "rebound.example", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "localhost", HttpStatusCode.NotFound)]
    [InlineData("X-Forwarded-For", "203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("Forwarded", "for=203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("X-Api-Key", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Accept", "*/*", HttpStatusCode.NotFound)]
    public async Task Open_loopback_is_open_to_programs_of_this_machine_alone(string header, string value, HttpStatusCode expected)
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);

        using var post = await SendAsync(sentinel, HttpMethod.Post, "/api/alarms/any/acknowledge", Reason, (header, value));
        using var delete = await SendAsync(sentinel, HttpMethod.Delete, "/api/alarms/any/silence", null, (header, value));

        post.StatusCode.ShouldBe(expected);
        delete.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Own_origin_is_let_in_and_a_form_is_not()
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), Open);

        using var own = await SendAsync(sentinel, HttpMethod.Post, "/api/alarms/any/acknowledge", Reason, ("Origin", sentinel.Address.GetLeftPart(UriPartial.Authority)));
        using var form = await sentinel.SendAsync(new(HttpMethod.Post, "/api/alarms/any/acknowledge") { Content = new StringContent(Reason, Encoding.UTF8, "text/plain") });

        own.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        form.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Wrong_keys_and_spans_are_named_at_start()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ("Sentinel:Api:Keys:0:Name", "two words"),
            ("Sentinel:Api:Keys:0:KeyHash", "kmslab_the-key-itself"),
            ("Sentinel:Alarms:RemindEvery", "-00:01:00"),
            ("Sentinel:Alarms:LongestSilence", "00:00:00"),
            ("Sentinel:Alarms:KeepEvidence", "00:00:00"),
            ("Sentinel:Alarms:KeepHistory", "00:00:00"),
            ("Sentinel:Notifications:GiveUpAfter", "00:00:00")));

        problem.Failures.Count().ShouldBe(7);
        problem.Message.ShouldContain("Sentinel:Api:Keys:0:Name");
        problem.Message.ShouldContain("Sentinel:Api:Keys:0:KeyHash must be SHA-256");
        problem.Message.ShouldNotContain("the-key-itself");
    }

    [Fact]
    public async Task The_program_makes_keys()
    {
        using var program = LabProcess.Start(["new-api-key", "oncall"], program: "KmsLab.Sentinel");

        (await program.WaitForExitAsync()).ShouldBe(0);

        program.Output.ShouldContain("Sentinel__Api__Keys__N__Name=oncall");
    }

    /// <summary>A trail with two wrong keys of just now.</summary>
    private static Task<WireServer> AttackAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var events = new JsonArray([.. Enumerable.Range(0, 2).Select(n => new JsonObject
        {
            ["eventId"] = $"{n}",
            ["logStreamName"] = "111122223333_CloudTrail_eu-west-1",
            ["message"] = TestRecords.WrongKey(now).ToJsonString(),
        })]);
        return WireServer.StartAsync(new JsonObject { ["events"] = events }.ToJsonString(), """{"events":[]}""");
    }

    private static async Task<string> PathAsync(SentinelHost sentinel) =>
        $"/api/alarms/{(await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Count == 1))[0]!["id"]!.GetValue<string>()}";

    private static Task<HttpResponseMessage> SendAsync(SentinelHost sentinel, HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return sentinel.SendAsync(request);
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;

    private static DateTimeOffset Until(JsonNode alarm) => alarm["silenced"]!["until"]!.GetValue<DateTimeOffset>();

    private static string[] Kinds(JsonNode history) => [.. history.AsArray().Select(entry => entry!["kind"]!.GetValue<string>())];
}
