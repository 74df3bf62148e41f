using System.Net;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>A session while the database can't tell whether it was signed out of.</summary>
public sealed class OutageAccessTests
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    private readonly string _key = ApiKey.Create();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task What_the_database_said_last_holds_for_a_while()
    {
        await using var sentinel = await AccessHost.StartAsync(null, _time, AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();
        await browser.SignInAsync(_key);
        (await browser.WhoAmIAsync()).ShouldBe("oncall");

        await ChangeAsync(sentinel, "ALTER TABLE ended_session RENAME TO away");
        _time.Advance(Held - TimeSpan.FromSeconds(1));
        (await browser.WhoAmIAsync()).ShouldBe("oncall");
        var leaving = await browser.SubmitAsync("/logout");
        _time.Advance(TimeSpan.FromSeconds(1));
        var later = await browser.GetAsync(AccessHost.WhoAmI);

        leaving.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        leaving.Body.ShouldContain("You are still signed in");
        later.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        later.Header("Content-Type").ShouldBe("application/problem+json");
        await ChangeAsync(sentinel, "ALTER TABLE away RENAME TO ended_session");
        (await browser.WhoAmIAsync()).ShouldBe("oncall");
    }

    [Fact]
    public async Task What_needs_no_database_answers_without_it()
    {
        await using var sentinel = await AccessHost.StartAsync(null, _time, AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();
        using var stranger = sentinel.Open();
        await browser.SignInAsync(_key);

        await ChangeAsync(sentinel, "ALTER TABLE ended_session RENAME TO away");

        foreach (var path in new[] { "/alive", "/health", "/css/login.css", "/login", "/api/status" })
            (await browser.GetAsync(path)).Status.ShouldBe(HttpStatusCode.OK, path);
        var page = await browser.GetAsync("/alarms");
        page.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        page.Header("Retry-After").ShouldBe("5");
        WebUtility.HtmlDecode(page.Body).ShouldContain("Sentinel's database can't be reached");
        browser.Session.ShouldNotBeEmpty();
        (await stranger.GetAsync("/api/status")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Task<int> ChangeAsync(AccessHost sentinel, string sql) =>
        sentinel.Services.GetRequiredService<Database>().ExecuteAsync(sql);
}
