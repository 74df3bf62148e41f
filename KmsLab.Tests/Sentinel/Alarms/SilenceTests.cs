using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.AwsSdk;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Silences by matcher: what they cover is raised and shown, and told to nobody.</summary>
public sealed class SilenceTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Covered_alarm_is_raised_shown_and_told_once_the_silence_is_over(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        await AddAsync(bed, new() { Detections = ["kms-*"], Principals = [TestRecords.RoleArn] });
        var sentinel = bed.Start();

        await AttackAsync(sentinel, Noon);
        await TickAsync(bed, sentinel, TimeSpan.Zero);
        bed.Sent.ShouldBeEmpty();
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        (alarm.Attention, alarm.Silenced!.Reason).ShouldBe((Attention.Silenced, "planned work"));
        (await bed.HistoryAsync()).ShouldContain(entry => entry.Kind == HistoryKind.Withheld && entry.Reason == "planned work");

        await TickAsync(bed, bed.Start(), Hour);
        bed.Sent.ShouldHaveSingleItem().Detection.ShouldBe("kms-error-burst");
        (await bed.AnswersAsync())[0].Attention.ShouldBe(Attention.Needed);
    }

    [Fact]
    public async Task Alarm_that_somebody_else_takes_part_in_and_one_before_the_start_are_told()
    {
        await using var bed = await BedAsync();
        await AddAsync(bed, new() { Principals = ["*/somebody-else"] });
        await bed.Silencing().AddAsync(new() { Principals = [TestRecords.RoleArn] }, Noon + Hour, Noon + (2 * Hour), "alice", "planned work", Cancellation);
        var sentinel = bed.Start();

        await AttackAsync(sentinel, Noon);
        await sentinel.SendAsync();

        bed.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Silence_that_is_ended_early_tells_what_still_fires()
    {
        await using var bed = await BedAsync();
        var silence = await AddAsync(bed, new() { Severities = [Severity.Low, Severity.Medium, Severity.High, Severity.Critical] });
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await TickAsync(bed, sentinel, TimeSpan.Zero);
        bed.Sent.ShouldBeEmpty();

        (await bed.Silencing().ExpireAsync(silence.Id, "bob", Cancellation)).Silence!.ExpiredBy.ShouldBe("bob");
        await TickAsync(bed, sentinel, TimeSpan.FromSeconds(1));

        bed.Sent.ShouldHaveSingleItem();
        (await bed.Silencing().ExpireAsync(silence.Id, "bob", Cancellation)).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task Preview_counts_the_alarms_that_a_silence_would_cover()
    {
        await using var bed = await BedAsync();
        await AttackAsync(bed.Start(), Noon);

        var covering = await bed.Silencing().PreviewAsync(new() { Principals = ["*:role/kmslab-*"] }, Cancellation);
        var other = await bed.Silencing().PreviewAsync(new() { Detections = [TrailBlinding.Id] }, Cancellation);

        (covering.Alarms, covering.Covered.ShouldHaveSingleItem().Detection).ShouldBe((1, "kms-error-burst"));
        covering.AuditPath.ShouldBeEmpty();
        other.Covered.ShouldBeEmpty();
        other.AuditPath.ShouldBe([TrailBlinding.Id]);
    }

    [Fact]
    public async Task Silences_are_made_listed_previewed_and_ended_over_HTTP()
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), ("Sentinel:Api:OpenOnLoopback", "true"));

        using var made = await SendAsync(sentinel, HttpMethod.Post, "/api/silences", """{"matcher":{"principals":["*:role/batch"],"severities":["low"]},"duration":3600,"reason":"migration","by":"alice"}""");
        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        var silence = await JsonAsync(made);
        (silence["state"]!.GetValue<string>(), silence["by"]!.GetValue<string>()).ShouldBe(("active", "alice (loopback)"));
        silence["matcher"]!["principals"]![0]!.GetValue<string>().ShouldBe("*:role/batch");
        (await sentinel.JsonAsync("/api/silences")).AsArray().Count.ShouldBe(1);
        using var preview = await SendAsync(sentinel, HttpMethod.Post, "/api/silences/preview", """{"matcher":{"detections":["key-*"]}}""");
        (await JsonAsync(preview))["covered"]!.AsArray().ShouldBeEmpty();

        var path = $"/api/silences/{silence["id"]!.GetValue<string>()}";
        using var ended = await SendAsync(sentinel, HttpMethod.Delete, path);
        using var again = await SendAsync(sentinel, HttpMethod.Delete, path);
        using var unknown = await SendAsync(sentinel, HttpMethod.Delete, "/api/silences/none");
        (await JsonAsync(ended))["state"]!.GetValue<string>().ShouldBe("expired");
        (again.StatusCode, unknown.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Silences_are_given_page_by_page_and_by_state()
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString());
        for (var minutes = 1; minutes <= 5; minutes++)
        {
            using var made = await SendAsync(
                sentinel, HttpMethod.Post, "/api/silences", $$$"""{"matcher":{"keys":["k{{{minutes}}}"]},"duration":{{{minutes * 60}}},"reason":"r"}""");
            made.EnsureSuccessStatusCode();
        }

        List<string> keys = [];
        for (var next = "/api/silences?limit=2&state=active"; next is not null;)
        {
            using var page = await sentinel.GetAsync(next);
            keys.AddRange((await JsonAsync(page)).AsArray().Select(silence => silence!["matcher"]!["keys"]![0]!.GetValue<string>()));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        keys.ShouldBe(["k5", "k4", "k3", "k2", "k1"]);
        (await sentinel.JsonAsync("/api/silences?state=expired")).AsArray().ShouldBeEmpty();
        foreach (var wrong in new[] { "state=activ", "limit=0", "cursor=x", "detection=x" })
        {
            using var refused = await sentinel.GetAsync($"/api/silences?{wrong}");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, wrong);
        }
    }

    [Theory]
    [InlineData("""{"duration":60,"reason":"r"}""", "matcher")]
    [InlineData("""{"matcher":{},"duration":60,"reason":"r"}""", "matcher")]
    [InlineData("""{"matcher":{"principal":["x"]},"duration":60,"reason":"r"}""", "matcher.principal")]
    [InlineData("""{"matcher":{"principals":"x"},"duration":60,"reason":"r"}""", "matcher.principals")]
    [InlineData("""{"matcher":{"severities":["dire"]},"duration":60,"reason":"r"}""", "matcher.severities")]
    [InlineData("""{"matcher":{"detections":["kms-eror-burst"]},"duration":60,"reason":"r"}""", "matcher")]
    [InlineData("""{"matcher":{"keys":["x"]},"duration":60}""", "reason")]
    [InlineData("""{"matcher":{"keys":["x"]},"reason":"r"}""", "until")]
    [InlineData("""{"matcher":{"keys":["x"]},"duration":60,"starts":"tomorrow","reason":"r"}""", "starts")]
    [InlineData("""{"matcher":{"keys":["x"]},"duration":60,"starts":"2999-01-01T00:00:00Z","reason":"r"}""", "starts")]
    [InlineData("""{"matcher":{"keys":["x"]},"duration":60,"reasons":"r","reason":"r"}""", "reasons")]
    public async Task Wrong_silence_is_answered_with_what_to_send(string body, string member)
    {
        await using var aws = await WireServer.StartAsync("""{"events":[]}""");
        await using var sentinel = await SentinelHost.StartAsync(aws.Url.ToString(), ("Sentinel:Api:OpenOnLoopback", "true"));

        using var answer = await SendAsync(sentinel, HttpMethod.Post, "/api/silences", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(answer))["errors"]![member]![0]!.GetValue<string>().ShouldNotBeEmpty();
    }

    private static Task<SilenceAnswer> AddAsync(SentinelBed bed, AlarmMatcher matcher) =>
        bed.Silencing().AddAsync(matcher, null, bed.Time.GetUtcNow() + Hour, "alice", "planned work", Cancellation);

    private static Task AttackAsync(SentinelProcess sentinel, DateTimeOffset at) => sentinel.TakeAsync(TestRecords.WrongKey(at).Utf8(), TestRecords.WrongKey(at).Utf8());

    private static async Task TickAsync(SentinelBed bed, SentinelProcess sentinel, TimeSpan later)
    {
        bed.Time.Advance(later);
        await sentinel.TickAsync();
        await sentinel.SendAsync();
    }

    private static Task<HttpResponseMessage> SendAsync(SentinelHost sentinel, HttpMethod method, string path, string? json = null) =>
        sentinel.SendAsync(new(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") });

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        return bed;
    }
}
