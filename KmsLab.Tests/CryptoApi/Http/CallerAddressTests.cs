using System.Net;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>Callers count by the address that they call from, whatever they say of it.</summary>
public sealed class CallerAddressTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task Callers_are_limited_by_the_address_of_their_connection()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        // Aspire's AddProject sets the variable of this key, with which ASP.NET Core by itself believes anybody's X-Forwarded-For.
        await using var api = await CryptoApiHost.StartAsync(
            database,
            aws.Host,
            ("ForwardedHeaders_Enabled", "true"),
            ("CryptoApi:Limits:RequestsPerSecond", "1"),
            ("CryptoApi:Limits:Burst", "1"));
        using var greedy = LocalAddress.Client("127.0.0.7", api.Http.BaseAddress!);
        using var modest = LocalAddress.Client("127.0.0.8", api.Http.BaseAddress!);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => AskAsync(greedy, $"203.0.113.{i}")));

        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        (await AskAsync(modest, "127.0.0.7")).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
