using System.Text.RegularExpressions;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Http;

/// <summary>The OpenAPI document of Sentinel's API, the page that shows it, and a client that is generated from it.</summary>
public sealed partial class ApiDocumentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_describes_every_address_of_the_api_with_its_answer_and_its_errors()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);

        var document = await sentinel.JsonAsync("/openapi/v1.json");

        var mapped = sentinel.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.Trim('/')}").Where(path => path.StartsWith("/api/", StringComparison.Ordinal)).Distinct();
        document["paths"]!.AsObject().Select(path => path.Key).ShouldBe(mapped, ignoreOrder: true);
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                operation!["operationId"].ShouldNotBeNull($"{method} {path}");
                operation["responses"]!.AsObject().Select(response => response.Key).ShouldContain("401");
                operation["responses"]!["200"]!["content"].ShouldNotBeNull($"{method} {path}");
            }
        }

        document["paths"]!["/api/alarms"]!["get"]!["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>())
            .ShouldBe(["state", "detection", "from", "to", "limit", "cursor"], ignoreOrder: true);
        var alarm = document["components"]!["schemas"]!["AlarmAnswer"]!["properties"]!;
        (alarm["window"]!["type"]!.GetValue<string>(), alarm["firstSeen"]!["format"]!.GetValue<string>()).ShouldBe(("number", "date-time"));
    }

    [Fact]
    public async Task Client_that_is_generated_from_the_document_reads_filters_and_acknowledges()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url);
        await AttackAsync(aws);
        await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Count > 0);
        using var document = await sentinel.GetAsync("/openapi/v1.json");
        using var http = new HttpClient { BaseAddress = sentinel.Address };
        dynamic client = await GeneratedClient.MakeAsync(await document.Content.ReadAsStringAsync(Cancellation), http);

        dynamic status = await client.GetStatusAsync(Cancellation);
        ((string)status.Loop.State).ShouldBe("running");
        dynamic alarms = await client.GetAlarmsAsync(null, "kms-error-burst", null, null, 10, null, Cancellation);
        dynamic alarm = Enumerable.Single(alarms);
        ((string)alarm.Detection, (double)alarm.Window > 0, (DateTimeOffset)alarm.FirstSeen > DateTimeOffset.UnixEpoch).ShouldBe(("kms-error-burst", true, true));
        dynamic none = await client.GetAlarmsAsync(null, "key-destruction", null, null, null, null, Cancellation);
        ((int)Enumerable.Count(none)).ShouldBe(0);
        dynamic one = await client.GetAlarmAsync((string)alarm.Id, Cancellation);
        ((string)one.Id).ShouldBe((string)alarm.Id);
        var body = Activator.CreateInstance(((Type)client.GetType()).Assembly.GetType("Generated.SilenceBody")!)!;
        ((dynamic)body).Reason = "a test";
        ((dynamic)body).Duration = 60.0;
        dynamic silenced = await client.SilenceAlarmAsync((string)alarm.Id, (dynamic)body, Cancellation);
        ((string)silenced.Silenced.Reason).ShouldBe("a test");
    }

    [Fact]
    public async Task Page_loads_nothing_from_elsewhere_and_is_open_to_whoever_may_use_the_api()
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");
        using var answer = await sentinel.GetAsync("/docs/");
        ((int)answer.StatusCode).ShouldBe(200);
        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();

        policy.ShouldStartWith("default-src 'none'; script-src 'self' 'nonce-");
        ForeignAddress().Matches(page).Select(match => match.Value).ShouldBeEmpty();
        foreach (Match script in ScriptSource().Matches(page))
        {
            using var loaded = await sentinel.GetAsync(new Uri(new Uri(sentinel.Address, "/docs/"), script.Groups[1].Value).PathAndQuery);
            ((int)loaded.StatusCode).ShouldBe(200, script.Value);
        }

        InlineScript().Matches(page).ShouldAllBe(script => script.Value.Contains(Nonce().Match(policy).Groups[1].Value));
        using var other = await sentinel.GetAsync("/");
        other.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldNotContain("nonce");
    }

    [Theory]
    [InlineData("/docs/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/alarms/stream")]
    [InlineData("/api/no-such-thing")]
    public async Task Nothing_of_it_is_open_to_strangers(string path)
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1", ("Sentinel:Api:OpenOnLoopback", "false"));

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = await sentinel.SendAsync(request);

        ((int)answer.StatusCode).ShouldBeOneOf(401, 403);
    }

    private static async Task AttackAsync(LocalAwsHost aws)
    {
        using var kms = aws.Kms();
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new DecryptRequest { CiphertextBlob = new MemoryStream(new byte[64]) }, Cancellation));
    }

    [GeneratedRegex("""(src|href)\s*=\s*["'](https?:)?//[^"']*|https://(cdn|fonts|proxy|api)[^"'\s]*""")]
    private static partial Regex ForeignAddress();

    [GeneratedRegex("""<script[^>]*\ssrc="([^"]+)""")]
    private static partial Regex ScriptSource();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex InlineScript();

    [GeneratedRegex("'nonce-([0-9a-f]+)'")]
    private static partial Regex Nonce();
}
