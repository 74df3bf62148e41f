using System.Net;
using System.Net.WebSockets;
using System.Text;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>Who is let in without the login, and what everybody else is told.</summary>
public sealed class AccessTests
{
    private static readonly (string, string?) Open = ("Sentinel:Api:OpenOnLoopback", "true");

    private readonly string _key = ApiKey.Create();

    [Fact]
    public async Task Open_loopback_lets_this_machine_in_by_that_name()
    {
        await using var sentinel = await AccessHost.StartAsync(Open);
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync()).ShouldBe("loopback");
        (await browser.GetAsync("/")).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/api/status")).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/login?returnUrl=/api/status")).Header("Location").ShouldBe("/api/status");
    }

    [Theory]
    [InlineData("Host", "rebound.example")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Original-For", "203.0.113.7")]
    [InlineData("X-Forwarded-Server", "proxy")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("X-Api-Key", "wrong")]
    [InlineData("Authorization", "Bearer wrong")]
    public async Task Open_loopback_is_closed_to_what_others_sent(string header, string value)
    {
        await using var sentinel = await AccessHost.StartAsync([Open, .. AccessHost.Key("oncall", _key)]);
        using var browser = sentinel.Open();

        var api = await browser.GetAsync("/api/status", (header, value));
        var page = await browser.GetAsync("/?tab=1", (header, value));

        api.Status.ShouldBe(HttpStatusCode.Unauthorized);
        page.Status.ShouldBe(HttpStatusCode.Found);
        page.Header("Location").ShouldBe("/login?returnUrl=%2F%3Ftab%3D1");
    }

    [Fact]
    public async Task Forwarded_request_that_the_framework_took_in_is_not_local()
    {
        await using var sentinel = await AccessHost.StartAsync(Open, ("ForwardedHeaders_Enabled", "true"));
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync(("X-Forwarded-For", "127.0.0.1"))).ShouldBeNull();
        (await browser.WhoAmIAsync(("X-Forwarded-Proto", "https"))).ShouldBeNull();
    }

    [Theory]
    [InlineData("/api/status")]
    [InlineData("/api/no-such-thing")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/_blazor")]
    public async Task Programs_are_told_what_to_send(string path)
    {
        await using var sentinel = await AccessHost.StartAsync(AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();

        var answer = await browser.GetAsync(path);

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Header("Content-Type").ShouldBe("application/problem+json");
        answer.Header("WWW-Authenticate")!.ShouldStartWith("Bearer");
        answer.Body.ShouldContain("X-Api-Key");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/alarms/7")]
    [InlineData("/no-such-page")]
    public async Task People_are_sent_to_the_login_and_learn_of_no_path(string path)
    {
        await using var sentinel = await AccessHost.StartAsync(AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();

        (await browser.GetAsync(path)).Header("Location")!.ShouldStartWith("/login?returnUrl=");
        (await browser.PostAsync(path, [])).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Health_needs_nobody()
    {
        await using var sentinel = await AccessHost.StartAsync();
        using var browser = sentinel.Open();

        (await browser.GetAsync("/alive")).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Key_by_header_reads_and_writes()
    {
        await using var sentinel = await AccessHost.StartAsync(AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync(("X-Api-Key", _key))).ShouldBe("oncall");
        (await browser.WhoAmIAsync(("Authorization", $"Bearer {_key}"))).ShouldBe("oncall");
        (await AcknowledgeAsync(browser, ("X-Api-Key", _key))).Status.ShouldBe(HttpStatusCode.NotFound); // Let in: there is no such alarm.
        (await AcknowledgeAsync(browser)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await AcknowledgeAsync(browser, ("X-Api-Key", ApiKey.Create()))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_any_way_in_everybody_is_told_what_to_configure()
    {
        await using var sentinel = await AccessHost.StartAsync();
        using var browser = sentinel.Open();

        var page = await browser.GetAsync("/");
        var login = await browser.GetAsync("/login");
        var api = await browser.GetAsync("/api/status");

        page.Status.ShouldBe(HttpStatusCode.Forbidden);
        page.Header("Content-Type")!.ShouldStartWith("text/html");
        login.Status.ShouldBe(HttpStatusCode.Forbidden);
        login.Body.ShouldNotContain("<form");
        api.Status.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var answer in new[] { page, login, api })
            WebUtility.HtmlDecode(answer.Body).ShouldContain("Sentinel:Api:Keys");
        sentinel.Logs.Count(line => line.Message.StartsWith("Nobody can open Sentinel's page", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("/alarms?show=past", "/alarms?show=past")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("/\n", "/")]
    [InlineData("/ä", "/")]
    public async Task Theme_leads_back_within_sentinel_only(string back, string expected)
    {
        await using var sentinel = await AccessHost.StartAsync(Open);
        using var browser = sentinel.Open();

        (await browser.GetAsync($"/theme/dark?back={Uri.EscapeDataString(back)}")).Header("Location").ShouldBe(expected);
    }

    [Fact]
    public async Task Page_of_another_site_can_link_here_and_nothing_else()
    {
        await using var sentinel = await AccessHost.StartAsync(Open);
        using var browser = sentinel.Open();
        (string, string) foreign = ("Sec-Fetch-Site", "cross-site");

        (await browser.GetAsync("/", foreign, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/", foreign, ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.GetAsync("/api/alarms", foreign, ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.GetAsync("/api/alarms", ("Origin", "https://evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Page_of_another_site_opens_no_web_socket()
    {
        await using var sentinel = await AccessHost.StartAsync(Open);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        var hub = new UriBuilder(sentinel.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;

        var refused = await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(hub, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("403");
    }

    [Fact]
    public async Task Wrong_settings_are_named_at_start()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => AccessHost.StartAsync(
            ("Sentinel:Access:SessionLife", "00:00:00"),
            ("Sentinel:Access:LoginsPerMinute", "0"),
            ("Sentinel:Access:RevalidateEvery", "00:00:00"),
            ("Sentinel:Access:LoadBalancer:Arn", "arn:aws:s3:::bucket"),
            ("Sentinel:Access:LoadBalancer:NameClaim", "nickname"),
            ("Sentinel:Access:LoadBalancer:KeyUrl", "http://keys.example/")));

        string[] wrong = ["SessionLife", "LoginsPerMinute", "RevalidateEvery", "LoadBalancer:Arn", "LoadBalancer:Issuer", "LoadBalancer:ClientId", "LoadBalancer:NameClaim", "LoadBalancer:KeyUrl"];
        problem.Failures.Count().ShouldBe(wrong.Length);
        foreach (var option in wrong)
            problem.Message.ShouldContain($"Sentinel:Access:{option}");
    }

    private static Task<Answer> AcknowledgeAsync(Browser browser, params (string, string)[] headers) => browser.SendAsync(
        new(HttpMethod.Post, "/api/alarms/any/acknowledge") { Content = new StringContent("""{"reason":"looking into it"}""", Encoding.UTF8, "application/json") }, headers);
}
