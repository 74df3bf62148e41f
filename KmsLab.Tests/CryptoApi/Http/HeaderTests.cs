using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>What every answer carries, and whose word about the caller is believed.</summary>
public sealed class HeaderTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task Every_answer_tells_browsers_and_caches_to_leave_it_alone()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);

        foreach (var (method, path, body) in new[] { (HttpMethod.Get, "/", null), (HttpMethod.Post, "/encrypt", "{}"), (HttpMethod.Get, "/nowhere", null), (HttpMethod.Put, "/encrypt", null), (HttpMethod.Get, "/health", (string?)null) })
        {
            using var answer = await api.AskAsync(method, path, body);
            string Header(string name) => string.Join(',', answer.Headers.GetValues(name));

            Header("Cache-Control").ShouldBe("no-store", path);
            Header("X-Content-Type-Options").ShouldBe("nosniff");
            Header("X-Frame-Options").ShouldBe("DENY");
            Header("Referrer-Policy").ShouldBe("no-referrer");
            Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
            answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse(); // plain HTTP
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_proxy_that_is_trusted_tells_of_tls_and_the_caller()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host,
            ("CryptoApi:TrustedProxies:0", "127.0.0.0/8"), ("CryptoApi:TrustedProxies:1", "10.0.0.0/8"), ("CryptoApi:Limits:RequestsPerSecond", "1"), ("CryptoApi:Limits:Burst", "1"));

        // The spoofed first entry is not reached: the chain ends at the first address that is nobody's proxy.
        var sameCaller = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            api.AskAsync(HttpMethod.Get, "/", null, ("X-Forwarded-For", $"192.0.2.{i}, 203.0.113.7, 10.0.0.1"), ("X-Forwarded-Proto", "https"))));
        sameCaller.ShouldContain(answer => (int)answer.StatusCode == 429);
        sameCaller.ShouldAllBe(answer => answer.Headers.Contains("Strict-Transport-Security"));
        using var otherCaller = await api.AskAsync(HttpMethod.Get, "/", null, ("X-Forwarded-For", "203.0.113.8"));
        ((int)otherCaller.StatusCode).ShouldBe(200);
        foreach (var answer in sameCaller)
            answer.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.0/8")]
    public async Task Nobody_else_is_believed(string? proxies)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        (string, string)[] trusted = proxies is null ? [] : [("CryptoApi:TrustedProxies:0", proxies)];
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host, [.. trusted, ("CryptoApi:Limits:RequestsPerSecond", "1"), ("CryptoApi:Limits:Burst", "1")]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            api.AskAsync(HttpMethod.Get, "/", null, ("X-Forwarded-For", $"203.0.113.{i}"), ("X-Forwarded-Proto", "https"))));

        answers.ShouldContain(answer => (int)answer.StatusCode == 429); // All of them count as one address.
        answers.ShouldAllBe(answer => !answer.Headers.Contains("Strict-Transport-Security"));
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Theory]
    [InlineData("CryptoApi:TrustedProxies:0", "10.0.0.1/33")]
    [InlineData("CryptoApi:TrustedProxies:0", "everybody")]
    [InlineData("CryptoApi:Limits:Burst", "0")]
    [InlineData("CryptoApi:Limits:RequestsPerSecond", "-1")]
    [InlineData("CryptoApi:Idempotency:KeepFor", "00:00:01")]
    public async Task A_wrong_option_stops_the_start_by_its_name(string option, string value)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);

        var problem = await Should.ThrowAsync<Exception>(() => CryptoApiHost.StartUnreadyAsync(database, aws.Host.Url, (option, value)));

        problem.Message.ShouldContain(option);
    }
}
