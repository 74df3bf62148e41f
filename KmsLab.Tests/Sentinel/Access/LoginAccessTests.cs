using System.Net;
using System.Security.Claims;
using System.Text;
using KmsLab.Sentinel.Access;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.Tests.Postgres;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>A key becomes a session's cookie, and what ends the session.</summary>
public sealed class LoginAccessTests
{
    private readonly string _key = ApiKey.Create();

    private Task<AccessHost> StartAsync(params (string, string?)[] more) => AccessHost.StartAsync([.. AccessHost.Key("oncall", _key), .. more]);

    [Fact]
    public async Task Key_is_exchanged_for_a_cookie_that_reads_and_writes()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();

        var answer = await browser.SignInAsync(_key, "/login?returnUrl=%2Fapi%2Fstatus");

        answer.Status.ShouldBe(HttpStatusCode.Found);
        answer.Header("Location").ShouldBe("/api/status");
        var cookie = answer.Header("Set-Cookie")!.Split('\n').Single(line => line.StartsWith("kmslab=", StringComparison.Ordinal));
        cookie.ShouldEndWith("; path=/; samesite=lax; httponly");
        (await browser.WhoAmIAsync()).ShouldBe("oncall");
        (await browser.GetAsync("/")).Status.ShouldBe(HttpStatusCode.OK);
        var write = new HttpRequestMessage(HttpMethod.Post, "/api/alarms/any/acknowledge") { Content = new StringContent("""{"reason":"r"}""", Encoding.UTF8, "application/json") };
        (await browser.SendAsync(write)).Status.ShouldBe(HttpStatusCode.NotFound); // Let in: there is no such alarm.
    }

    [Fact]
    public async Task Cookie_is_bound_to_the_host_over_https()
    {
        await using var sentinel = await StartAsync(("ForwardedHeaders_Enabled", "true"));
        using var browser = sentinel.Open();
        (string, string) https = ("X-Forwarded-Proto", "https");
        using var plain = sentinel.Open();
        await plain.SignInAsync(_key);

        var page = await browser.GetAsync("/login", https);
        var form = page.Hidden;
        form["key"] = _key;
        var answer = await browser.PostAsync("/login", form, https, ("Cookie", page.Header("Set-Cookie")!.Split(';')[0]), ("Origin", $"https://{sentinel.Address.Authority}"));

        var cookie = answer.Header("Set-Cookie")!.Split('\n').Single(line => line.StartsWith("__Host-kmslab=", StringComparison.Ordinal));
        cookie.ShouldEndWith("; path=/; secure; samesite=lax; httponly");
        page.Header("Set-Cookie")!.ShouldContain("secure; samesite=strict; httponly");
        (await browser.WhoAmIAsync(https, ("Cookie", cookie.Split(';')[0]))).ShouldBe("oncall");
        (await browser.WhoAmIAsync(https, ("Cookie", $"kmslab={plain.Session}"))).ShouldBeNull();
    }

    [Fact]
    public async Task Wrong_key_gets_the_form_again_and_no_cookie()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();

        var answer = await browser.SignInAsync(ApiKey.Create(), "/login?returnUrl=%2Falarms");

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Body.ShouldContain("Nobody has this key.");
        answer.Hidden["returnUrl"].ShouldBe("/alarms");
        browser.Session.ShouldBeEmpty();
    }

    [Fact]
    public async Task Form_that_is_not_ours_is_refused()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();
        using var other = sentinel.Open();
        var stolen = (await other.GetAsync("/login")).Hidden;
        stolen["key"] = _key;

        var without = await browser.PostAsync("/login", new() { ["key"] = _key });
        var foreign = await browser.PostAsync("/login", stolen);
        var crossSite = await other.PostAsync("/login", stolen, ("Origin", "https://evil.example"));

        without.Status.ShouldBe(HttpStatusCode.BadRequest);
        foreign.Status.ShouldBe(HttpStatusCode.BadRequest);
        crossSite.Status.ShouldBe(HttpStatusCode.Forbidden);
        browser.Session.ShouldBeEmpty();
        other.Session.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/alarms/7?tab=evidence", "/alarms/7?tab=evidence")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("/\n", "/")]
    [InlineData("/ä", "/")]
    [InlineData("", "/")]
    public async Task Login_leads_back_within_sentinel_only(string returnUrl, string expected)
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();

        var shown = await browser.SignInAsync(_key, $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}");
        using var again = sentinel.Open();
        var posted = await again.SubmitAsync("/login", ("key", _key), ("returnUrl", returnUrl));

        shown.Header("Location").ShouldBe(expected);
        posted.Header("Location").ShouldBe(expected);
    }

    [Fact]
    public async Task Login_is_limited_for_each_address_and_minute()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var sentinel = await AccessHost.StartAsync(null, time, [.. AccessHost.Key("oncall", _key), ("ForwardedHeaders_Enabled", "true")]);
        using var browser = sentinel.Open();
        for (var n = 0; n < 5; n++)
            (await browser.SignInAsync(ApiKey.Create())).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var sixth = await browser.SignInAsync(_key);
        var form = (await browser.GetAsync("/login")).Hidden;
        form["key"] = ApiKey.Create();
        var elsewhere = await browser.PostAsync("/login", form, ("X-Forwarded-For", "203.0.113.7"));
        time.Advance(TimeSpan.FromMinutes(1));
        var later = await browser.SignInAsync(_key);

        sixth.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        sixth.Header("Retry-After").ShouldBe("60");
        elsewhere.Status.ShouldBe(HttpStatusCode.Unauthorized);
        later.Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Login_is_closed_for_nobody_by_the_tries_of_many_addresses()
    {
        await using var sentinel = await StartAsync();
        var limit = sentinel.Services.GetRequiredService<LoginLimit>();

        for (var address = 1; address <= 2 * LoginLimit.MaxAddresses; address++)
            limit.Try(new IPAddress((long)address)).ShouldBeNull();

        for (var n = 0; n < 5; n++)
            limit.Try(IPAddress.Parse("2001:db8::1")).ShouldBeNull();
        limit.Try(IPAddress.Parse("2001:db8::2")).ShouldNotBeNull("the same /64");
        limit.Try(IPAddress.Parse("2001:db8:0:1::1")).ShouldBeNull();
    }

    [Fact]
    public async Task Session_slides_and_ends_when_nobody_uses_it()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var sentinel = await AccessHost.StartAsync(null, time, AccessHost.Key("oncall", _key));
        using var browser = sentinel.Open();
        await browser.SignInAsync(_key);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            time.Advance(TimeSpan.FromHours(5));
            (await browser.WhoAmIAsync()).ShouldBe("oncall");
        }

        time.Advance(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(1));
        (await browser.WhoAmIAsync()).ShouldBeNull();
        (await browser.GetAsync("/")).Header("Location")!.ShouldStartWith("/login");
    }

    [Fact]
    public async Task Session_ends_when_its_key_is_removed()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();
        await browser.SignInAsync(_key);
        (await browser.WhoAmIAsync()).ShouldBe("oncall");

        sentinel.Configure("Sentinel:Api:Keys:0:KeyHash", AccessHost.HashOf(ApiKey.Create()));

        (await browser.WhoAmIAsync()).ShouldBeNull();
        browser.Session.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sessions_go_on_when_the_configuration_is_spoilt()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();
        await browser.SignInAsync(_key);

        Should.Throw<Exception>(() => sentinel.Configure("Sentinel:Access:LoginsPerMinute", "0"));

        (await browser.WhoAmIAsync()).ShouldBe("oncall");
        (await browser.GetAsync("/alive")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Session_that_was_signed_out_of_ends_with_all_its_copies()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();
        using var thief = sentinel.Open();
        await browser.SignInAsync(_key);
        var copy = ("Cookie", $"kmslab={browser.Session}");
        (await thief.WhoAmIAsync(copy)).ShouldBe("oncall");
        (await browser.GetAsync("/logout")).Body.ShouldContain("oncall");

        var answer = await browser.SubmitAsync("/logout");

        answer.Header("Location").ShouldBe("/login");
        browser.Session.ShouldBeEmpty();
        (await browser.WhoAmIAsync()).ShouldBeNull();
        (await thief.WhoAmIAsync(copy)).ShouldBeNull();
    }

    [Fact]
    public async Task Session_that_was_signed_out_of_stays_ended_as_long_as_its_cookies_last_whatever_is_configured_since()
    {
        using var folder = new TempFolder();
        var database = TestDatabase.In(folder.Path);
        string session;
        await using (var before = await AccessHost.StartAsync(database, null, [.. AccessHost.Key("oncall", _key), ("Sentinel:Access:SessionLife", "10.00:00:00")]))
        {
            using var first = before.Open();
            await first.SignInAsync(_key);
            session = first.Session;
        }

        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var sentinel = await AccessHost.StartAsync(database, time, [.. AccessHost.Key("oncall", _key), ("Sentinel:Access:SessionLife", "00:01:00")]);
        using var browser = sentinel.Open();
        browser.Cookies.Add(sentinel.Address, new Cookie("kmslab", session));
        (await browser.SubmitAsync("/logout")).Header("Location").ShouldBe("/login");

        time.Advance(TimeSpan.FromDays(1));
        await browser.SignInAsync(_key);
        await browser.SubmitAsync("/logout"); // This one forgets what is over.

        (await browser.WhoAmIAsync(("Cookie", $"kmslab={session}"))).ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_is_signed_out_by_a_form_that_is_not_ours()
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();
        await browser.SignInAsync(_key);

        await browser.PostAsync("/logout", []);

        (await browser.WhoAmIAsync()).ShouldBe("oncall");
    }

    [Fact]
    public async Task Cookie_that_was_made_with_stolen_keys_needs_the_hash_of_a_configured_one()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await StartAsync([.. balancer.Settings(), ("Sentinel:Api:OpenOnLoopback", "true")]);
        using var browser = sentinel.Open();
        (string, string) elsewhere = ("X-Forwarded-For", "203.0.113.7");
        var keys = sentinel.Services.GetRequiredService<AccessSettings>().Keys;
        var other = ApiKey.Create();

        ClaimsIdentity[] forged =
        [
            Caller.OfLoopback(),
            Caller.WithSession(Caller.OfLoadBalancer("alice@example.com")),
            Caller.OfKey(_key, keys)!,
            Caller.WithSession(Caller.OfKey(other, [new() { Name = "oncall", KeyHash = AccessHost.HashOf(other) }])!),
        ];
        foreach (var caller in forged)
            (await browser.WhoAmIAsync(elsewhere, ("Cookie", $"kmslab={Encrypt(sentinel, caller)}"))).ShouldBeNull();
        (await browser.WhoAmIAsync(elsewhere, ("Cookie", $"kmslab={Encrypt(sentinel, Caller.WithSession(Caller.OfKey(_key, keys)!))}"))).ShouldBe("oncall");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Cookie_that_nobody_made_is_nobody(string cookie)
    {
        await using var sentinel = await StartAsync();
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync(("Cookie", $"kmslab={cookie}"))).ShouldBeNull();
    }

    private static string Encrypt(AccessHost sentinel, ClaimsIdentity caller) => sentinel.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
        .Get(SessionCookie.Scheme).TicketDataFormat.Protect(new(new(caller), new() { ExpiresUtc = TimeProvider.System.GetUtcNow().AddHours(1) }, SessionCookie.Scheme));
}
