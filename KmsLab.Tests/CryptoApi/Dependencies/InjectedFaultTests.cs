using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi.Http;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Dependencies;

/// <summary>LocalAws itself throttles, fails and stalls, as anybody can make it do in the lab (docs/localaws.md, "Faults").</summary>
public sealed class InjectedFaultTests(PostgresCluster cluster)
{
    [Theory]
    [InlineData("""{"action":"kms:*","error":"ThrottlingException"}""", true, "ThrottlingException")]
    [InlineData("""{"action":"kms:*","error":"DisabledException"}""", false, "DisabledException")]
    [InlineData("""{"action":"kms:*","error":"KMSInternalException","status":500}""", true, "KMSInternalException")]
    [InlineData("""{"action":"kms:*","latency":"00:10:00"}""", true, "Unanswered")]
    public async Task Callers_get_503_nothing_is_stored_and_the_audit_says_why(string fault, bool retry, string outcome)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws, ("CryptoApi:KmsTimeout", outcome == "Unanswered" ? "00:00:01" : "00:00:30"));
        var key = await api.EncryptAsync("n", "text");

        await InjectAsync(aws, $"[{fault}]");
        foreach (var (path, body) in new[] { ("/decrypt", $$"""{"Name":"n","Key":"{{key}}"}"""), ("/encrypt", """{"Name":"new","Text":"t"}"""), ("/rotate", $$"""{"Name":"n","Key":"{{key}}"}""") })
        {
            using var answer = await api.AskAsync(HttpMethod.Post, path, body);
            ((int)answer.StatusCode).ShouldBe(503, path);
            (answer.Headers.RetryAfter is not null).ShouldBe(retry, path);
        }

        await InjectAsync(aws, "[]");
        (await api.DecryptAsync("n", key)).Status.ShouldBe(200);
        await api.EncryptAsync("new", "t");
        var failed = await database.AuditAsync(rows => rows.Count(row => row.Outcome == outcome) == 3);
        failed.Where(row => row.Outcome == outcome).Select(row => row.Operation).Order().ShouldBe(["Decrypt", "Encrypt", "ReEncrypt"]);
    }

    private static async Task InjectAsync(LocalAwsHost aws, string faults)
    {
        using var http = aws.Http();
        using var answer = await http.PutAsync(
            "/_localaws/faults", new StringContent(faults, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
