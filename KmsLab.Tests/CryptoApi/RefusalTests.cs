using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi.Http;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>
/// Refusals tell nothing about whether a name exists: the same answer after the same work. The time itself is measured by the benchmark <c>refusals</c>.
/// </summary>
public sealed class RefusalTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private static readonly string WrongKey = new('A', 43);

    // A ciphertext has as many bytes as the next one, but not as many characters that JSON may escape.
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, "/decrypt", 1)]
    [InlineData(DatabaseProvider.PostgreSql, "/decrypt", 1)]
    [InlineData(DatabaseProvider.Sqlite, "/rotate", 1)]
    [InlineData(DatabaseProvider.PostgreSql, "/rotate", 1)]
    [InlineData(DatabaseProvider.Sqlite, "/delete", 0)]
    [InlineData(DatabaseProvider.PostgreSql, "/delete", 0)]
    public async Task An_unknown_name_and_a_wrong_key_cost_the_same_work_and_get_the_same_answer(DatabaseProvider provider, string path, int kmsCalls)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();
        await api.EncryptAsync("short", "text");
        await api.EncryptAsync("long-", new string('x', 1024 * 1024));

        Work[] works =
        [
            await RefuseAsync(api, wire, database, path, "nobdy", WrongKey),
            await RefuseAsync(api, wire, database, path, "short", WrongKey),
            await RefuseAsync(api, wire, database, path, "long-", WrongKey),
            await RefuseAsync(api, wire, database, path, "short", "no token at all"),
            await RefuseAsync(api, wire, database, path, "nobdy", "no token at all"),
        ];

        works.Distinct().ShouldHaveSingleItem();
        works[0].Status.ShouldBe(400);
        works[0].KmsCalls.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(kmsCalls);
        works[0].AuditRows.ShouldBe(kmsCalls);
        works[0].Statements.ShouldNotBeEmpty();
    }

    private static async Task<Work> RefuseAsync(CryptoApiHost api, AwsWire wire, TestDatabase database, string path, string name, string key)
    {
        var trace = ActivityTraceId.CreateRandom();
        var statements = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "KmsLab.Database",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                    statements.Enqueue($"{activity.DisplayName} {activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        var before = wire.Calls.Count;

        using var answer = await api.AskAsync(HttpMethod.Post, path, $$"""{"Name":"{{name}}","Key":"{{key}}"}""", ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));

        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var calls = wire.Calls.Skip(before).Select(call => $"{call.Operation} {call.Error} {call.Request.ToJsonString(Unescaped).Length}");
        var rows = (await database.AuditAsync(rows => rows.All(row => row.Outcome is not null))).Count(row => row.TraceId == trace.ToHexString());
        return new((int)answer.StatusCode, body, Headers(answer), string.Join('\n', calls), string.Join('\n', statements), rows);
    }

    private static string Headers(HttpResponseMessage answer) =>
        string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").OrderBy(header => header.Key).Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));

    /// <summary>What a refusal did and said.</summary>
    private sealed record Work(int Status, string Body, string Headers, string KmsCalls, string Statements, int AuditRows);
}
