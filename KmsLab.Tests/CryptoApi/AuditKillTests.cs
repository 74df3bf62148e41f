using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>CryptoApi killed with -9 under load: the audit knows each call that CloudTrail does.</summary>
public sealed class AuditKillTests(PostgresCluster cluster)
{
    private const int Kills = 3;
    private const int Workers = 8;

    private readonly ConcurrentDictionary<string, bool> _answered = new();

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Each_call_on_the_trail_has_its_row_though_the_process_was_killed(DatabaseProvider provider)
    {
        using var folder = new TempFolder();
        await using var aws = await LocalAwsHost.StartAsync();
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        for (var kill = 0; kill < Kills; kill++)
            await LoadUntilKilledAsync(aws, database, folder, afterCalls: 60 + (kill * 53));

        // A last call, after whatever the killed process had sent: what comes before it on the trail is there.
        using (var kms = aws.Kms())
            await kms.ListAliasesAsync(new(), TestContext.Current.CancellationToken);
        var delivered = await aws.DeliveredAsync(records => records.Any(record => record.Record.GetProperty("userIdentity").GetProperty("accessKeyId").GetString() == LocalAwsHost.Credentials.GetCredentials().AccessKey));
        var trail = delivered.Select(record => record.Record).Where(AuditTests.IsCryptographic).ToList();

        var rows = (await database.AuditAsync()).ToDictionary(row => row.Nonce);
        trail.Count.ShouldBeGreaterThan(Kills * 60);
        foreach (var call in trail)
            AuditTests.ShouldBeTheSameCall(rows[AuditTests.ProofOf(call).Nonce], call);
        rows.Values.Count(row => row.Outcome is not null).ShouldBeGreaterThan(0);
        // A row beyond the trail is a call that the kill forestalled: never more than were under way.
        rows.Keys.Except(trail.Select(call => AuditTests.ProofOf(call).Nonce)).Count().ShouldBeLessThanOrEqualTo(Kills * Workers);
    }

    private async Task LoadUntilKilledAsync(LocalAwsHost aws, TestDatabase database, TempFolder folder, int afterCalls)
    {
        var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        using var server = LabProcess.Start(
            [
                $"--CryptoApi:Url={address}", $"--CryptoApi:Database={database.Provider}", $"--ConnectionStrings:vault={database.ConnectionString}", "--CryptoApi:CreateKey=true",
                .. AuditTests.Attested(folder).Select(setting => $"--{setting.Item1}={setting.Item2}"),
                $"--AWS:ServiceURL={aws.Url}", "--AWS:Region=us-east-1", "--AWS:AccessKeyId=AKIALABCRYPTOAPI0000", "--AWS:SecretAccessKey=secret",
            ],
            program: "KmsLab.CryptoApi");
        await server.WaitForAsync(address);
        var target = _answered.Count + afterCalls;
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => CallUntilRefusedAsync(address))).ToList();
        while (_answered.Count < target && !workers.Exists(worker => worker.IsFaulted))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        server.Kill();
        await Task.WhenAll(workers);
    }

    private async Task CallUntilRefusedAsync(Uri address)
    {
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(direct) { BaseAddress = address };
        try
        {
            while (true)
            {
                var name = Guid.NewGuid().ToString();
                var key = (await PostAsync(http, "/encrypt", new() { ["Name"] = name, ["Text"] = "text" }))["Key"]!.GetValue<string>();
                await PostAsync(http, "/decrypt", new() { ["Name"] = name, ["Key"] = key });
                await PostAsync(http, "/decrypt", new() { ["Name"] = name, ["Key"] = "wrong" });
                await PostAsync(http, "/rotate", new() { ["Name"] = name, ["Key"] = key });
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // Killed: what was under way may stand on the trail or not.
        }
    }

    private async Task<JsonNode> PostAsync(HttpClient http, string path, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        _answered.TryAdd(Guid.NewGuid().ToString(), true);
        return json;
    }
}
