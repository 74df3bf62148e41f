using System.Text;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>Bad input, in both environments: a developer's exception page must not replace an answer that names the field.</summary>
public sealed class BadBodyTests(PostgresCluster cluster)
{
    private const int MaxText = 1024 * 1024;

    private static readonly (string Path, string Body, int Status, string Field)[] Bodies =
    [
        ("/encrypt", "", 400, "body"),
        ("/encrypt", "{", 400, "body"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"b\"", 400, "body"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"b\"} trailing", 400, "body"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"b\",}", 400, "body"),
        ("/encrypt", "[]", 400, "body"),
        ("/encrypt", "null", 400, "body"),
        ("/encrypt", "\"Name\"", 400, "body"),
        ("/encrypt", new string('[', 100), 400, "body"),
        ("/encrypt", "{\"deep\":" + new string('[', 100), 400, "body"),
        ("/encrypt", "{\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"name\":\"a\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":null,\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":5,\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":{\"Name\":\"a\"},\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"a\",\"Name\":\"a\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"a\",\"N\\u0061me\":\"a\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"a\"}", 400, "Text"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":null}", 400, "Text"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":[\"b\"]}", 400, "Text"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"\\ud800\"}", 400, "Text"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"\\udc00\\ud800\"}", 400, "Text"),
        ("/encrypt", "{\"Name\":\"\\udfff\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"b\",\"Key\":\"\"}", 400, "Key"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"b\",\"Key\":7}", 400, "Key"),
        ("/encrypt", "{\"Name\":\"" + new string('n', 257) + "\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"" + string.Concat(Enumerable.Repeat("\U0001F512", 257)) + "\",\"Text\":\"b\"}", 400, "Name"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"" + new string('t', MaxText + 1) + "\"}", 413, "Text"),
        ("/encrypt", "{\"Name\":\"a\",\"Text\":\"" + new string('t', 7 * MaxText) + "\"}", 413, "body"),
        ("/decrypt", "{\"Name\":\"a\"}", 400, "Key"),
        ("/decrypt", "{\"Name\":\"a\",\"Key\":\"\"}", 400, "Key"),
        ("/decrypt", "{\"Key\":\"k\"}", 400, "Name"),
        ("/decrypt", "{\"Name\":\"a\",\"Key\":\"" + new string('k', 1025) + "\"}", 400, "Key"),
        ("/decrypt", new string(' ', 64 * 1024), 413, "body"),
    ];

    [Fact]
    public async Task Bad_bodies_are_answered_with_problem_details_that_name_the_field()
    {
        foreach (var environment in new[] { "Development", "Production" })
        {
            await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
            await using var api = await StartAsync(database, environment);
            foreach (var (path, body, status, field) in Bodies)
                await ShouldBeProblemAsync(api, path, Encoding.UTF8.GetBytes(body), "application/json", status, field);
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused_by_the_name_of_their_field()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, "Production");

        // An overlong form, a surrogate in UTF-8, and a lone continuation byte.
        foreach (var bytes in new byte[][] { [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x80] })
            await ShouldBeProblemAsync(api, "/encrypt", [.. "{\"Name\":\"a\",\"Text\":\""u8, .. bytes, .. "\"}"u8], "application/json", 400, "Text");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")] // what curl sends unless told otherwise
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_415(string? contentType)
    {
        foreach (var environment in new[] { "Development", "Production" })
        {
            await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
            await using var api = await StartAsync(database, environment);

            await ShouldBeProblemAsync(api, "/encrypt", "{\"Name\":\"a\",\"Text\":\"b\"}"u8.ToArray(), contentType, 415, "Content-Type");
        }
    }

    [Fact]
    public async Task A_body_without_a_stated_length_has_the_same_limit()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, "Production");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/decrypt") { Content = new StreamContent(new MemoryStream(new byte[100_000])) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new("application/json");

        using var answer = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(413);
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_problem_details_too()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, "Development");

        foreach (var (method, path, status) in new[] { (HttpMethod.Get, "/nowhere", 404), (HttpMethod.Put, "/encrypt", 405) })
        {
            using var answer = await api.RequestAsync(method, path, []);
            ((int)answer.StatusCode).ShouldBe(status);
            answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
            JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["Message"]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task A_good_request_is_503_with_a_retry_hint_while_the_kms_key_is_unknown()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, "Production");

        using var answer = await api.RequestAsync(HttpMethod.Post, "/decrypt", "{\"Name\":\"a\",\"Key\":\"k\"}"u8.ToArray());
        using var health = await api.Http.GetAsync("/health", TestContext.Current.CancellationToken);
        using var alive = await api.Http.GetAsync("/alive", TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(503);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        ((int)health.StatusCode).ShouldBe(503);
        ((int)alive.StatusCode).ShouldBe(200);
    }

    /// <summary>No KMS is needed to refuse a body: the endpoint is a port where nobody listens.</summary>
    private static Task<CryptoApiHost> StartAsync(TestDatabase database, string environment) =>
        CryptoApiHost.StartUnreadyAsync(database, "http://127.0.0.1:9", ("environment", environment));

    private static async Task ShouldBeProblemAsync(CryptoApiHost api, string path, byte[] body, string? contentType, int status, string field)
    {
        using var answer = await api.RequestAsync(HttpMethod.Post, path, body, contentType);
        var shown = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 80)));
        var json = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(status, $"{shown} → {json}");
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        answer.Headers.CacheControl?.NoStore.ShouldBeTrue();
        var problem = JsonNode.Parse(json)!;
        problem["field"]!.GetValue<string>().ShouldBe(field, $"{shown} → {json}");
        problem["status"]!.GetValue<int>().ShouldBe(status);
        problem["title"]!.GetValue<string>().ShouldNotBeEmpty();
        problem["Message"]!.GetValue<string>().ShouldBe(problem["detail"]!.GetValue<string>());
    }
}
