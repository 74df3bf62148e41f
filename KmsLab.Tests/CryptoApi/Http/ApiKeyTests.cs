using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>Who may call.</summary>
public sealed class ApiKeyTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Encrypt = """{"Name":"n","Text":"t"}""";

    [Fact]
    public async Task A_known_key_opens_in_either_header_and_nothing_else_does()
    {
        var (key, other) = (ApiKey.Create(), ApiKey.Create());
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(
            database, [("CryptoApi:Authentication:Required", "true"), .. Client(0, "billing", key), .. Client(1, "billing", ApiKey.Create())]);

        foreach (var headers in new (string, string)[][] { [], [("X-Api-Key", other)], [("X-Api-Key", "")], [("Authorization", $"Bearer {other}")], [("Authorization", $"Basic {key}")], [("X-Api-Key", key + "A")] })
        {
            foreach (var path in new[] { "/encrypt", "/decrypt", "/rotate", "/delete", "/no-such-path" })
            {
                using var refused = await api.AskAsync(HttpMethod.Post, path, Encrypt, headers);
                ((int)refused.StatusCode).ShouldBe(401);
                refused.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
                refused.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
                (await refused.JsonAsync())["Message"]!.GetValue<string>().ShouldContain("API key");
            }
        }

        using var stored = await api.AskAsync(HttpMethod.Post, "/encrypt", Encrypt, ("X-Api-Key", key));
        ((int)stored.StatusCode).ShouldBe(200);
        using var taken = await api.AskAsync(HttpMethod.Post, "/encrypt", Encrypt, ("Authorization", $"bearer {key}"));
        ((int)taken.StatusCode).ShouldBe(409);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    public async Task What_tells_no_secret_stays_open(string path)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, [("CryptoApi:Authentication:Required", "true"), .. Client(0, "billing", ApiKey.Create())]);

        using var answer = await api.AskAsync(HttpMethod.Get, path, null);

        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_wrong_key_is_no_obstacle_where_none_is_required()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database);

        using var answer = await api.AskAsync(HttpMethod.Post, "/encrypt", Encrypt, ("X-Api-Key", "whatever"));

        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_service_that_nobody_could_call_does_not_start()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);

        var problem = await Should.ThrowAsync<Exception>(() => StartAsync(database, ("CryptoApi:Authentication:Required", "true")));

        problem.Message.ShouldContain("CryptoApi:Authentication:Clients");
        problem.Message.ShouldContain("new-api-key");
    }

    [Fact]
    public async Task Everything_wrong_with_the_clients_is_told_at_once()
    {
        var key = ApiKey.Create();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);

        var problem = await Should.ThrowAsync<Exception>(() => StartAsync(
            database,
            [.. Client(0, "a", key), .. Client(1, "b", key), .. Client(2, "two words", ApiKey.Create()), ("CryptoApi:Authentication:Clients:3:Name", "c"), ("CryptoApi:Authentication:Clients:3:KeyHash", key)]));

        problem.Message.ShouldContain("one KeyHash for a and b");
        problem.Message.ShouldContain("CryptoApi:Authentication:Clients:2:Name");
        problem.Message.ShouldContain("CryptoApi:Authentication:Clients:3:KeyHash");
        problem.Message.ShouldNotContain(key);
    }

    [Fact]
    public async Task The_program_makes_keys_that_it_admits()
    {
        using var program = LabProcess.Start(["new-api-key", "billing"], program: "KmsLab.CryptoApi");
        (await program.WaitForExitAsync()).ShouldBe(0);
        var words = program.Output.Split((char[])[' ', '\n', '='], StringSplitOptions.RemoveEmptyEntries);
        var (key, hash) = (words.Single(word => word.StartsWith(ApiKey.Prefix, StringComparison.Ordinal)), words[^1]);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(
            database, ("CryptoApi:Authentication:Required", "true"), ("CryptoApi:Authentication:Clients:0:Name", "billing"), ("CryptoApi:Authentication:Clients:0:KeyHash", hash));

        using var answer = await api.AskAsync(HttpMethod.Post, "/encrypt", Encrypt, ("X-Api-Key", key));

        ((int)answer.StatusCode).ShouldBe(200);
    }

    private static (string, string)[] Client(int n, string name, string key) =>
        [($"CryptoApi:Authentication:Clients:{n}:Name", name), ($"CryptoApi:Authentication:Clients:{n}:KeyHash", Convert.ToHexString(ApiKey.Hash(key)))];

    private Task<CryptoApiHost> StartAsync(TestDatabase database, params (string, string)[] settings) => CryptoApiHost.StartAsync(database, aws.Host, settings);
}
