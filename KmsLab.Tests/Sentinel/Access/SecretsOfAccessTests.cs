using KmsLab.ServiceDefaults.ApiKeys;

namespace KmsLab.Tests.Sentinel.Access;

public sealed class SecretsOfAccessTests
{
    /// <summary>Every log line of every category at Trace, with its fields and scopes.</summary>
    [Fact]
    public async Task Access_leaves_no_key_cookie_or_token_in_the_logs()
    {
        var (key, wrong, typo) = (ApiKey.Create(), ApiKey.Create(), ApiKey.Create());
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync([.. balancer.Settings(), .. AccessHost.Key("oncall", key)]);
        using var browser = sentinel.Open();
        var proof = balancer.Sign(BalancerKeyServer.Head(TimeProvider.System.GetUtcNow().AddMinutes(2)), new() { ["email"] = "alice@example.com" });
        var forged = proof[..^8] + "AAAAAA==";

        await browser.SignInAsync(wrong);
        await browser.SignInAsync(key);
        var (session, form) = (browser.Session, (await browser.GetAsync("/logout")).Hidden.Values.Single());
        (await browser.WhoAmIAsync()).ShouldBe("oncall");
        (await browser.WhoAmIAsync(("X-Api-Key", typo))).ShouldBeNull();
        (await browser.WhoAmIAsync(("X-Api-Key", key))).ShouldBe("oncall");
        (await browser.WhoAmIAsync(("x-amzn-oidc-data", proof))).ShouldBe("alice@example.com");
        (await browser.WhoAmIAsync(("x-amzn-oidc-data", forged))).ShouldBeNull();
        await browser.SubmitAsync("/logout");

        var everything = string.Join('\n', sentinel.Logs.Select(line =>
            $"{line.Category} {line.Message} {line.Exception} {string.Join(' ', line.StructuredState ?? [])} {string.Join(' ', line.Scopes.Select(scope => scope is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : $"{scope}"))}"));
        everything.ShouldContain("oncall signed in from"); // The net is wide enough to catch something.
        everything.ShouldContain("Microsoft.AspNetCore.Server.Kestrel");
        foreach (var secret in new[] { key, wrong, typo, session, form, proof.Split('.')[1], proof.Split('.')[2], forged.Split('.')[2], AccessHost.HashOf(key) })
        {
            secret.Length.ShouldBeGreaterThan(20);
            everything.ShouldNotContain(secret, Case.Sensitive);
        }
    }
}
