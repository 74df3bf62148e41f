using System.Collections.Concurrent;
using System.Diagnostics;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi.Http;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>The audit is written on round trips that are made anyway.</summary>
public sealed class AuditRoundTripTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    /// <summary>Commands of one request, by its trace: what the background writes has no part in it.</summary>
    [Theory]
    [InlineData("/encrypt", """{"Name":"new","Text":"t"}""", 200, "INSERT INTO kms_calls", "INSERT INTO records")]
    [InlineData("/encrypt", """{"Name":"n","Text":"t"}""", 409, "INSERT INTO kms_calls")]
    [InlineData("/encrypt", """{"Name":"n","Text":"t","Key":"KEY"}""", 200, "INSERT INTO kms_calls", "UPDATE records")]
    [InlineData("/decrypt", """{"Name":"n","Key":"KEY"}""", 200, "INSERT INTO kms_calls", "SELECT body")]
    [InlineData("/decrypt", """{"Name":"n","Key":"wrong"}""", 400, "INSERT INTO kms_calls")]
    [InlineData("/decrypt", """{"Name":"nowhere","Key":"wrong"}""", 400, "INSERT INTO kms_calls")]
    [InlineData("/rotate", """{"Name":"n","Key":"KEY"}""", 200, "INSERT INTO kms_calls", "UPDATE records")]
    public async Task A_request_makes_the_commands_it_made_without_an_audit(string path, string body, int status, params string[] commands)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var key = await api.EncryptAsync("n", "text");
        var trace = ActivityTraceId.CreateRandom();
        var seen = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                    seen.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)}");
            },
        };
        ActivitySource.AddActivityListener(listener);

        using var answer = await api.AskAsync(HttpMethod.Post, path, body.Replace("KEY", key), ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));

        ((int)answer.StatusCode).ShouldBe(status);
        seen.Count.ShouldBe(commands.Length, string.Join('\n', seen));
        foreach (var (made, expected) in seen.Zip(commands))
            made.ShouldContain(expected);
        (await database.AuditAsync(rows => rows.Count(row => row.TraceId == trace.ToHexString() && row.Outcome is not null) == (status == 409 ? 0 : 1)))
            .Count(row => row.TraceId == trace.ToHexString()).ShouldBeLessThanOrEqualTo(1);
    }
}
