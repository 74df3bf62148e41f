using System.Net;
using KmsLab.CryptoApi.Http;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>How much a client may ask for, and who counts as one.</summary>
public sealed class RequestLimitTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task A_client_over_its_rate_is_429_and_others_are_not()
    {
        var (greedy, modest) = (ApiKey.Create(), ApiKey.Create());
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host,
            [("CryptoApi:Limits:RequestsPerSecond", "1"), ("CryptoApi:Limits:Burst", "3"), .. Client(0, "greedy", greedy), .. Client(1, "modest", modest)]);

        // One token a second comes back: 30 requests at once find it empty unless they took 27 seconds.
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => api.AskAsync(HttpMethod.Get, "/", null, ("X-Api-Key", greedy))));

        answers.ShouldContain(answer => answer.IsSuccessStatusCode);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        refused.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        (await refused.JsonAsync())["Message"]!.GetValue<string>().ShouldContain("Too many requests");
        using var other = await api.AskAsync(HttpMethod.Get, "/", null, ("X-Api-Key", modest));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var health = await api.AskAsync(HttpMethod.Get, "/health", null, ("X-Api-Key", greedy));
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task What_is_over_the_cap_is_503_while_places_are_taken_and_served_after()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, ("CryptoApi:Limits:Concurrency", "1"), ("CryptoApi:Limits:Queue", "0"));
        await api.UntilReadyAsync();
        using var held = wire.Hold("Encrypt");
        var first = api.EncryptAsync("n", "text");
        await held.Reached;

        using var refused = await api.AskAsync(HttpMethod.Get, "/", null);
        ((int)refused.StatusCode).ShouldBe(503);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        using var health = await api.AskAsync(HttpMethod.Get, "/health", null);
        ((int)health.StatusCode).ShouldBe(200);

        held.Release();
        await first;
        using var served = await api.AskAsync(HttpMethod.Get, "/", null);
        ((int)served.StatusCode).ShouldBe(200);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::1")]
    public void An_address_counts_with_those_that_its_owner_can_choose_from(string address, string client) =>
        ApiClient.AddressOf(IPAddress.Parse(address)).ShouldBe(client);

    private static (string, string)[] Client(int n, string name, string key) =>
        [($"CryptoApi:Authentication:Clients:{n}:Name", name), ($"CryptoApi:Authentication:Clients:{n}:KeyHash", Convert.ToHexString(ApiKey.Hash(key)))];
}
