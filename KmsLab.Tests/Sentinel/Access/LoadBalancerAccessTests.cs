using System.Net;
using System.Security.Cryptography;
using System.Text;
using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Access.LoadBalancer;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>A load balancer's word for who is there: believed when every part of it is right.</summary>
public sealed class LoadBalancerAccessTests
{
    private const string Header = "x-amzn-oidc-data";

    private static readonly DateTimeOffset Soon = TimeProvider.System.GetUtcNow().AddMinutes(2);

    [Fact]
    public async Task Proof_lets_a_person_in_by_email()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings());
        using var browser = sentinel.Open();

        var token = balancer.Sign(BalancerKeyServer.Head(Soon), Alice());

        (await browser.WhoAmIAsync((Header, token))).ShouldBe("alice@example.com");
        (await browser.WhoAmIAsync((Header, token))).ShouldBe("alice@example.com");
        (await browser.GetAsync("/", (Header, token))).Status.ShouldBe(HttpStatusCode.OK);
        balancer.Asked.ShouldBe([BalancerKeyServer.KeyId]); // Once.
        token.ShouldContain('=');
    }

    [Theory]
    [InlineData("signer", "arn:aws:elasticloadbalancing:eu-west-1:999999999999:loadbalancer/app/evil/50dc6c495c0c9188")]
    [InlineData("signer", null)]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS256")]
    [InlineData("alg", "es256")]
    [InlineData("alg", null)]
    [InlineData("iss", "https://evil.example")]
    [InlineData("iss", null)]
    [InlineData("client", "another-application")]
    [InlineData("client", null)]
    [InlineData("kid", "00000000-0000-0000-0000-000000000000")]
    [InlineData("kid", "../../evil")]
    [InlineData("kid", "html")]
    [InlineData("kid", null)]
    [InlineData("exp", 1_500_000_000L)]
    [InlineData("exp", "4102444800")]
    [InlineData("exp", long.MaxValue)]
    [InlineData("exp", null)]
    public async Task Proof_with_a_wrong_header_is_refused(string name, object? value)
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings());
        using var browser = sentinel.Open();
        var head = BalancerKeyServer.Head(Soon);
        head[name] = value;

        (await browser.WhoAmIAsync((Header, balancer.Sign(head, Alice())))).ShouldBeNull();

        if (name != "kid")
            balancer.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Proof_that_was_forged_is_refused()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var forger = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings());
        using var browser = sentinel.Open();
        var head = BalancerKeyServer.Head(Soon);
        var parts = balancer.Sign(head, Alice()).Split('.');
        var mallory = BalancerKeyServer.Part(Encoding.UTF8.GetBytes("""{"email":"mallory@example.com"}"""));

        string[] forged =
        [
            forger.Sign(head, Alice()),
            $"{parts[0]}.{mallory}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}",
            $"{parts[0].TrimEnd('=')}.{parts[1].TrimEnd('=')}.{parts[2]}",
            balancer.Sign(head, Alice(), DSASignatureFormat.Rfc3279DerSequence),
            $"{parts[0]}.{parts[1]}.{BalancerKeyServer.Part(new byte[64])}",
            "a.b.c", "..", "nonsense", "",
        ];
        foreach (var token in forged.Where(token => token != string.Join('.', parts)))
            (await browser.WhoAmIAsync((Header, token))).ShouldBeNull(token);
        (await browser.WhoAmIAsync((Header, string.Join('.', parts)))).ShouldBe("alice@example.com");
    }

    [Theory]
    [InlineData("email", null, null)]
    [InlineData("email", "", null)]
    [InlineData("email", "bob@example.com", null)]
    [InlineData("email_verified", false, null)]
    [InlineData("email_verified", "false", null)]
    [InlineData("email_verified", "true", "alice@example.com")]
    [InlineData("email", "ALICE@example.com", "ALICE@example.com")]
    public async Task Person_must_have_a_verified_name_and_be_allowed(string claim, object? value, string? expected)
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings(("Sentinel:Access:LoadBalancer:AllowedUsers:0", "alice@example.com")));
        using var browser = sentinel.Open();
        var claims = Alice();
        claims[claim] = value;

        (await browser.WhoAmIAsync((Header, balancer.Sign(BalancerKeyServer.Head(Soon), claims)))).ShouldBe(expected);
    }

    [Fact]
    public async Task Name_is_the_subject_where_configured()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings(("Sentinel:Access:LoadBalancer:NameClaim", "sub")));
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync((Header, balancer.Sign(BalancerKeyServer.Head(Soon), new() { ["sub"] = "42", ["email_verified"] = false })))).ShouldBe("42");
    }

    [Fact]
    public async Task Header_means_nothing_where_no_load_balancer_is_configured()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(AccessHost.Key("oncall", ApiKey.Create()));
        using var browser = sentinel.Open();

        (await browser.WhoAmIAsync((Header, balancer.Sign(BalancerKeyServer.Head(Soon), Alice())))).ShouldBeNull();
        balancer.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Made_up_key_ids_are_asked_for_a_limited_number_of_times_and_keep_no_real_key_out()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(null, time, balancer.Settings());
        using var browser = sentinel.Open();
        var (known, rotated) = (balancer.Sign(BalancerKeyServer.Head(Soon), Alice()), balancer.Sign(With(BalancerKeyServer.SecondKeyId), Alice()));
        (await browser.WhoAmIAsync((Header, known))).ShouldBe("alice@example.com");

        for (var n = 0; n < 80; n++)
        {
            var madeUp = balancer.Sign(With($"made-up-{n}"), Alice());
            await browser.WhoAmIAsync((Header, madeUp));
            await browser.WhoAmIAsync((Header, madeUp));
        }

        balancer.Asked.Count.ShouldBe(1 + BalancerKeys.MaxMissing);
        (await browser.WhoAmIAsync((Header, known))).ShouldBe("alice@example.com");
        (await browser.WhoAmIAsync((Header, rotated))).ShouldBeNull();
        time.Advance(BalancerKeys.Regain);
        (await browser.WhoAmIAsync((Header, rotated))).ShouldBe("alice@example.com");

        static Dictionary<string, object?> With(string keyId)
        {
            var head = BalancerKeyServer.Head(Soon);
            head["kid"] = keyId;
            return head;
        }
    }

    [Fact]
    public async Task Known_keys_do_not_wait_while_another_is_fetched()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings());
        using var browser = sentinel.Open();
        var keys = sentinel.Services.GetRequiredService<BalancerKeys>();
        var address = sentinel.Services.GetRequiredService<AccessSettings>().Access.LoadBalancer.EffectiveKeyUrl;
        await browser.WhoAmIAsync((Header, balancer.Sign(BalancerKeyServer.Head(Soon), Alice())));

        var slow = keys.FindAsync(address, BalancerKeyServer.SlowKeyId, TestContext.Current.CancellationToken);
        var known = keys.FindAsync(address, BalancerKeyServer.KeyId, TestContext.Current.CancellationToken);

        known.IsCompletedSuccessfully.ShouldBeTrue();
        slow.IsCompleted.ShouldBeFalse();
        balancer.LetGo();
        (await slow).ShouldBeNull();
    }

    [Fact]
    public async Task Without_its_proof_people_are_told_to_come_through_the_load_balancer()
    {
        await using var balancer = await BalancerKeyServer.StartAsync();
        await using var sentinel = await AccessHost.StartAsync(balancer.Settings());
        using var browser = sentinel.Open();

        var page = await browser.GetAsync("/alarms");

        page.Status.ShouldBe(HttpStatusCode.Forbidden);
        page.Body.ShouldContain("Sign in through the load balancer");
    }

    private static Dictionary<string, object?> Alice() => new() { ["sub"] = "1234567890", ["name"] = "Alice", ["email"] = "alice@example.com" };
}
