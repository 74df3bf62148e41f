using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;

namespace KmsLab.Tests.Sentinel.Http;

/// <summary>Parameters, pages, errors and ETags of the API.</summary>
public sealed class ApiListTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/alarms?detecton=kms-error-burst", "detecton", "is not known here: did you mean 'detection'? There are state, detection, from, to, limit, cursor.")]
    [InlineData("/api/alarms?state=alarm", "state", "must be one of OK, ALARM, INSUFFICIENT_DATA: did you mean 'ALARM'?")]
    [InlineData("/api/alarms?state=OK&state=ALARM", "state", "may be given once.")]
    [InlineData("/api/alarms?detection=kms-error-brust", "detection", "is no detection: did you mean 'kms-error-burst'? GET /api/detections lists them.")]
    [InlineData("/api/alarms?from=yesterday", "from", "must be an instant, such as 2026-11-24T18:00:00Z.")]
    [InlineData("/api/alarms?limit=many", "limit", "must be a whole number, such as 100.")]
    [InlineData("/api/alarms?limit=0", "limit", "must be from 1 to 1000.")]
    [InlineData("/api/alarms?limit=1001", "limit", "must be from 1 to 1000.")]
    [InlineData("/api/alarms?cursor=x", "cursor", "is none that this API has given. Begin without one, and follow the header Link.")]
    [InlineData("/api/alarms?from=2026-11-24T18:00:00Z&to=2026-11-24T18:00:00Z", "from", "must be before to.")]
    [InlineData("/api/rates?form=2026-11-24T18:00:00Z", "form", "is not known here: did you mean 'from'? There are keyArn, principal, operation, outcome, from, to.")]
    [InlineData("/api/status?verbose=1", "verbose", "is not known here. There are none.")]
    [InlineData("/api/alarms/x?id=y", "id", "is not known here. There are none.")]
    [InlineData("/api/baselines?set=vault", "principal", "is missing.")]
    public async Task Parameter_that_would_be_ignored_is_refused_with_the_right_name(string path, string name, string problem)
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");

        using var answer = await sentinel.GetAsync(path);

        var body = await ProblemAsync(answer, 400);
        body["errors"]![name]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe(problem);
    }

    [Theory]
    [InlineData("GET", "/api/alarm", 404, "There is no /api/alarm. GET /api lists what there is, and /docs describes it.")]
    [InlineData("GET", "/api/alarms/x/y", 404, "There is no /api/alarms/x/y. GET /api lists what there is, and /docs describes it.")]
    [InlineData("GET", "/api/alarms/x", 404, "There is no alarm x. GET /api/alarms lists them.")]
    [InlineData("PUT", "/api/alarms", 405, "/api/alarms takes GET.")]
    [InlineData("GET", "/api/alarms/x/silence", 405, "/api/alarms/x/silence takes DELETE and POST.")]
    [InlineData("GET", "/api/guard/accept", 405, "/api/guard/accept takes POST.")]
    [InlineData("POST", "/api/notifications/test", 415, "Send a JSON object with Content-Type: application/json.")]
    public async Task Every_error_is_problem_details_whatever_the_caller_accepts(string method, string path, int status, string detail)
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await sentinel.SendAsync(request);

        (await ProblemAsync(answer, status))["detail"]!.GetValue<string>().ShouldBe(detail);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_while_new_alarms_come_in_front()
    {
        await using var sentinel = await ApiRows.StartAsync();
        for (var n = 0; n < 7; n++)
            await InsertAsync(sentinel, $"alarm-{n}", TestRecords.Noon.AddMinutes(n / 2));

        var (first, next) = await PageAsync(sentinel, "/api/alarms?limit=3&detection=kms-error-burst");
        await InsertAsync(sentinel, "newest", TestRecords.Noon.AddHours(1));
        var (second, afterSecond) = await PageAsync(sentinel, next!);
        var (third, last) = await PageAsync(sentinel, afterSecond!);

        first.Concat(second).Concat(third).ShouldBe(["alarm-6", "alarm-4", "alarm-5", "alarm-2", "alarm-3", "alarm-0", "alarm-1"]);
        last.ShouldBeNull();
        next!.ShouldContain("detection=kms-error-burst");
        (await PageAsync(sentinel, "/api/alarms")).Ids.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Filters_choose_by_state_detection_and_time()
    {
        await using var sentinel = await ApiRows.StartAsync();
        await InsertAsync(sentinel, "early", TestRecords.Noon);
        await InsertAsync(sentinel, "late", TestRecords.Noon.AddHours(2), "OK");

        (await PageAsync(sentinel, "/api/alarms?state=OK")).Ids.ShouldBe(["late"]);
        (await PageAsync(sentinel, "/api/alarms?detection=key-destruction")).Ids.ShouldBeEmpty();
        (await PageAsync(sentinel, "/api/alarms?from=2026-11-23T12:00:00Z")).Ids.ShouldBe(["late", "early"]);
        (await PageAsync(sentinel, "/api/alarms?from=2026-11-23T12:00:01Z")).Ids.ShouldBe(["late"]);
        (await PageAsync(sentinel, "/api/alarms?to=2026-11-23T14:00:00Z")).Ids.ShouldBe(["early"]);
    }

    [Fact]
    public async Task Whoever_has_the_answer_already_gets_304_until_it_changes()
    {
        await using var sentinel = await ApiRows.StartAsync();
        await InsertAsync(sentinel, "one", TestRecords.Noon);
        using var first = await sentinel.GetAsync("/api/alarms");
        var tag = first.Headers.ETag.ShouldNotBeNull();

        using var same = await ConditionalAsync(sentinel, tag.ToString());
        ((int)same.StatusCode, same.Headers.ETag, (await same.Content.ReadAsByteArrayAsync(Cancellation)).Length).ShouldBe((304, tag, 0));
        using var weak = await ConditionalAsync(sentinel, $"\"other\", W/{tag}");
        ((int)weak.StatusCode).ShouldBe(304);
        await InsertAsync(sentinel, "two", TestRecords.Noon);
        using var changed = await ConditionalAsync(sentinel, tag.ToString());
        ((int)changed.StatusCode).ShouldBe(200);
        changed.Headers.ETag.ShouldNotBe(tag);
    }

    private static async Task<HttpResponseMessage> ConditionalAsync(SentinelHost sentinel, string tags)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/alarms");
        request.Headers.TryAddWithoutValidation("If-None-Match", tags);
        return await sentinel.SendAsync(request);
    }

    private static async Task<(List<string> Ids, string? Next)> PageAsync(SentinelHost sentinel, string path)
    {
        using var answer = await sentinel.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        return ([.. body.AsArray().Select(alarm => alarm!["id"]!.GetValue<string>())], next);
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        body["status"]!.GetValue<int>().ShouldBe(status);
        body["title"]!.GetValue<string>().ShouldNotBeEmpty();
        return body;
    }

    /// <summary>An alarm as a turn would have written it.</summary>
    private static Task InsertAsync(SentinelHost sentinel, string id, DateTimeOffset at, string state = "ALARM") => ApiRows.InsertAsync(sentinel, new Alarm
    {
        Id = id,
        Detection = "kms-error-burst",
        Group = new(new KeyValuePair<string, string>("principal", TestRecords.RoleArn)),
        State = state == "OK" ? AlarmState.Ok : AlarmState.Alarm,
        Occurrence = 1,
        Revision = 1,
        Observed = 2,
        Threshold = 2,
        Window = TimeSpan.FromMinutes(1),
        FirstSeen = at,
        LastSeen = at,
        QuietAt = at,
        ChangedAt = at,
        Ended = state == "OK",
        Evidence = [],
        EvidenceTotal = 2,
    });
}
