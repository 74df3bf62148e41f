using System.Net;
using KmsLab.Sentinel.Access;
using KmsLab.ServiceDefaults.ApiKeys;

namespace KmsLab.Tests.Sentinel.Access;

public sealed class SecurityHeadersAccessTests
{
    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/logout", HttpStatusCode.OK)]
    [InlineData("/api/status", HttpStatusCode.OK)]
    [InlineData("/health", HttpStatusCode.OK)]
    [InlineData("/no-such-page", HttpStatusCode.NotFound)]
    [InlineData(AccessHost.Failing, HttpStatusCode.InternalServerError)]
    public async Task Every_answer_tells_the_browser_to_be_strict(string path, HttpStatusCode expected)
    {
        await using var sentinel = await AccessHost.StartAsync(("Sentinel:Api:OpenOnLoopback", "true"));
        using var browser = sentinel.Open();

        var answer = await browser.GetAsync(path);

        answer.Status.ShouldBe(expected);
        Check(answer);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/api/status")]
    [InlineData("/")]
    public async Task Refusals_do_too(string path)
    {
        await using var sentinel = await AccessHost.StartAsync(AccessHost.Key("oncall", ApiKey.Create()));
        using var browser = sentinel.Open();

        Check(await browser.GetAsync(path));
        Check(await browser.GetAsync(path, ("Origin", "https://evil.example")));
    }

    [Fact]
    public void Policy_allows_no_inline_script_and_no_other_site()
    {
        var directives = SecurityHeaders.Policy.Split("; ").ToDictionary(directive => directive.Split(' ')[0], directive => directive.Split(' ')[1..]);

        directives["default-src"].ShouldBe(["'none'"]);
        directives["script-src"].ShouldBe(["'self'"]);
        directives["frame-ancestors"].ShouldBe(["'none'"]);
        directives.Where(directive => directive.Value.Contains("'unsafe-inline'")).Select(directive => directive.Key).ShouldBe(["style-src-attr"]);
        directives.Values.SelectMany(sources => sources).Distinct().Order().ShouldBe(["'none'", "'self'", "'unsafe-inline'", "data:"], ignoreOrder: true);
    }

    private static void Check(Answer answer)
    {
        answer.Header("Content-Security-Policy").ShouldBe(SecurityHeaders.Policy);
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Referrer-Policy").ShouldBe("same-origin");
        answer.Header("Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        answer.Header("Permissions-Policy")!.ShouldContain("camera=()");
        answer.Header("Cache-Control")!.ShouldContain("no-store");
        answer.Header("X-Frame-Options").ShouldBeNull();
    }
}
