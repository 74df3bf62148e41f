using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi.Http;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary><c>GET /audit</c>.</summary>
public sealed class AuditEndpointTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private readonly string _auditor = ApiKey.Create();
    private readonly string _client = ApiKey.Create();

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Tells_which_client_was_behind_a_call(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await StartAsync(database);
        using var stored = await api.AskAsync(HttpMethod.Post, "/encrypt", """{"Name":"n","Text":"t"}""", ("X-Api-Key", _client));
        ((int)stored.StatusCode).ShouldBe(200);
        var row = (await database.AuditAsync(rows => rows.Count(row => row.RequestId is not null) == 2)).Single(row => row.Client == "client:billing");

        foreach (var query in new[] { $"requestId={row.RequestId}", $"nonce={row.Nonce}" })
        {
            using var found = await api.AskAsync(HttpMethod.Get, $"/audit?{query}", null, ("X-Api-Key", _auditor));
            ((int)found.StatusCode).ShouldBe(200);
            var call = await found.JsonAsync();
            call["Client"]!.GetValue<string>().ShouldBe("client:billing");
            call["Operation"]!.GetValue<string>().ShouldBe("Encrypt");
            call["Outcome"]!.GetValue<string>().ShouldBe("Success");
            call["RecordId"]!.GetValue<string>().ShouldBe(row.RecordId);
            call["KeyArn"]!.GetValue<string>().ShouldStartWith("arn:aws:kms:");
            call["Time"]!.GetValue<DateTimeOffset>().ToUnixTimeMilliseconds().ShouldBe(row.CalledAt);
        }
    }

    [Fact]
    public async Task Is_open_to_auditors_only()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database);

        await ShouldAnswerAsync(api, "/audit?nonce=x", 401);
        await ShouldAnswerAsync(api, "/audit?nonce=x", 401, ("X-Api-Key", "wrong"));
        await ShouldAnswerAsync(api, "/audit?nonce=x", 403, ("X-Api-Key", _client));
        await ShouldAnswerAsync(api, "/audit?nonce=x", 404, ("X-Api-Key", _auditor));
    }

    [Fact]
    public async Task Is_closed_where_nobody_is_an_auditor()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);

        await ShouldAnswerAsync(api, "/audit?nonce=x", 401);
    }

    [Theory]
    [InlineData("/audit", 400)]
    [InlineData("/audit?requestId=&nonce=", 400)]
    [InlineData("/audit?requestId=a&nonce=b", 400)]
    [InlineData("/audit?requestId=a&requestId=b", 404)]
    [InlineData("/audit?requestId=nothing", 404)]
    [InlineData("/audit?requestId=%00", 404)]
    [InlineData("/audit?requestId='%20OR%201=1", 404)]
    public async Task Says_what_is_wrong_with_a_question(string path, int status)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await StartAsync(database);

        await ShouldAnswerAsync(api, path, status, ("X-Api-Key", _auditor));
    }

    private static async Task ShouldAnswerAsync(CryptoApiHost api, string path, int status, params (string, string)[] headers)
    {
        using var answer = await api.AskAsync(HttpMethod.Get, path, null, headers);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        (await answer.JsonAsync())["Message"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    private Task<CryptoApiHost> StartAsync(TestDatabase database) => CryptoApiHost.StartAsync(
        database, aws.Host,
        ("CryptoApi:Authentication:Clients:0:Name", "security"), ("CryptoApi:Authentication:Clients:0:KeyHash", Convert.ToHexString(ApiKey.Hash(_auditor))),
        ("CryptoApi:Authentication:Clients:1:Name", "billing"), ("CryptoApi:Authentication:Clients:1:KeyHash", Convert.ToHexString(ApiKey.Hash(_client))),
        ("CryptoApi:Audit:Auditors:0", "security"));
}
