using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi.Records;

/// <summary>A disk with no byte left under the database: callers are told so, nothing acknowledged is lost, and space mends it without a restart.</summary>
public sealed class FullDiskTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const int Attempts = 40;

    private static readonly string Text = new('x', 100_000);

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, 24)]
    [InlineData(DatabaseProvider.PostgreSql, 96)]
    public async Task A_full_disk_is_507_loses_nothing_and_is_over_once_there_is_space(DatabaseProvider provider, int megabytes)
    {
        using var disk = SmallDisk.Mount(megabytes);
        await using var server = provider == DatabaseProvider.PostgreSql ? await PostgresCluster.StartServerAsync(disk.Path) : null;
        await using var database = server is null ? TestDatabase.In(disk.Path) : TestDatabase.On(await server.CreateDatabaseAsync());
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var acknowledged = new Dictionary<string, string> { ["before"] = await api.EncryptAsync("before", Text) };

        disk.Fill();
        var refused = await WriteUntilRefusedAsync(api, acknowledged);
        disk.Free();

        refused.Count.ShouldBeGreaterThan(Attempts / 2);
        refused.ShouldAllBe(answer => answer.Status == 507 && answer.RetryAfter != null);
        await EventuallyStoresAsync(api, acknowledged);
        foreach (var (name, key) in acknowledged)
        {
            var (status, body) = await api.DecryptAsync(name, key);
            status.ShouldBe(200, name);
            body["Text"]!.GetValue<string>().ShouldBe(Text);
        }

        foreach (var answer in refused)
            (await api.DecryptAsync(answer.Name, new string('A', 43))).Status.ShouldBe(400); // Not there: what was refused was not stored by halves.
        await api.EncryptAsync(refused[0].Name, Text);
    }

    /// <summary>Free pages may take some more; then nothing is taken.</summary>
    private static async Task<List<Refusal>> WriteUntilRefusedAsync(CryptoApiHost api, Dictionary<string, string> acknowledged)
    {
        var refused = new List<Refusal>();
        for (var i = 0; i < Attempts; i++)
        {
            var name = $"full {i}";
            using var answer = await PostAsync(api, name);
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode)
                acknowledged.Add(name, JsonNode.Parse(body)!["Key"]!.GetValue<string>());
            else
                refused.Add(new(name, (int)answer.StatusCode, answer.Headers.RetryAfter, body));
        }

        return refused;
    }

    private static async Task EventuallyStoresAsync(CryptoApiHost api, Dictionary<string, string> acknowledged)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await PostAsync(api, "after");
            if (answer.IsSuccessStatusCode)
            {
                acknowledged.Add("after", JsonNode.Parse(await answer.Content.ReadAsStringAsync(deadline.Token))!["Key"]!.GetValue<string>());
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
        }
    }

    private static Task<HttpResponseMessage> PostAsync(CryptoApiHost api, string name) =>
        api.RequestAsync(HttpMethod.Post, "/encrypt", Encoding.UTF8.GetBytes(new JsonObject { ["Name"] = name, ["Text"] = Text }.ToJsonString()));

    private sealed record Refusal(string Name, int Status, RetryConditionHeaderValue? RetryAfter, string Body);
}
