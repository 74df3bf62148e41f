using System.Text.RegularExpressions;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>The OpenAPI document and the page that shows it.</summary>
public sealed partial class ApiDocumentTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task The_document_describes_every_endpoint_with_the_labs_names()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        using var answer = await api.AskAsync(HttpMethod.Get, "/openapi/v1.json", null);

        var document = await answer.JsonAsync();

        foreach (var path in new[] { "/encrypt", "/decrypt", "/rotate", "/delete" })
        {
            var operation = document["paths"]![path]!["post"]!;
            var responses = operation["responses"]!.AsObject().Select(response => response.Key).ToList();
            foreach (var status in new[] { "200", "400", "401", "413", "415", "429", "503" })
                responses.ShouldContain(status, path);
            operation["requestBody"]!["content"]!["application/json"].ShouldNotBeNull(path);
        }

        var encrypt = document["components"]!["schemas"]!["EncryptRequest"]!;
        encrypt["properties"]!.AsObject().Select(property => property.Key).ShouldBe(["Name", "Text", "Key"]);
        encrypt["required"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["Name", "Text"]);
        document["paths"]!["/encrypt"]!["post"]!["parameters"]!.AsArray().ShouldContain(parameter => parameter!["name"]!.GetValue<string>() == "Idempotency-Key");
        document["components"]!["securitySchemes"]!["ApiKey"]!["name"]!.GetValue<string>().ShouldBe("X-Api-Key");
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere_and_its_policy_would_stop_it()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        using var answer = await api.AskAsync(HttpMethod.Get, "/docs/", null);
        ((int)answer.StatusCode).ShouldBe(200);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();

        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("http");
        ForeignAddress().Matches(page).Select(match => match.Value).ShouldBeEmpty();
        var scripts = ScriptSource().Matches(page).Select(match => match.Groups[1].Value).ToList();
        scripts.Count.ShouldBeGreaterThan(1);
        foreach (var script in scripts)
        {
            using var loaded = await api.AskAsync(HttpMethod.Get, new Uri(new Uri(api.Http.BaseAddress!, "/docs/"), script).PathAndQuery, null);
            ((int)loaded.StatusCode).ShouldBe(200, script);
            (await loaded.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeGreaterThan(100);
        }

        // Every inline script carries the nonce that the policy names, a new one for each answer.
        var nonce = Nonce().Match(policy).Groups[1].Value;
        InlineScript().Matches(page).ShouldAllBe(script => script.Value.Contains(nonce));
        using var again = await api.AskAsync(HttpMethod.Get, "/docs/", null);
        again.Headers.GetValues("Content-Security-Policy").Single().ShouldNotBe(policy);
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
