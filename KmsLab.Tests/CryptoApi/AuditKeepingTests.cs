using Amazon.Runtime;
using KmsLab.CryptoApi.Audit;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.CryptoApi;

/// <summary>How long rows stay, and what becomes of outcomes that find the queue closed.</summary>
public sealed class AuditKeepingTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Rows_older_than_the_cutoff_go_and_the_others_stay(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        for (var i = 0; i < 3; i++)
            await api.DecryptAsync("n", "k");
        var rows = (await database.AuditAsync(rows => rows.Count == 4 && rows.All(row => row.Outcome is not null))).OrderBy(row => row.CalledAt).ToList();
        var cutoff = DateTimeOffset.FromUnixTimeMilliseconds(rows[2].CalledAt);
        var store = api.Services.GetRequiredService<AuditStore>();

        await store.PruneAsync(cutoff, TestContext.Current.CancellationToken);

        var expected = rows.Where(row => row.CalledAt >= rows[2].CalledAt).Select(row => row.Nonce); // At the cutoff itself: kept.
        (await database.AuditAsync()).Select(row => row.Nonce).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task Rows_are_pruned_at_start_after_400_days()
    {
        var time = new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using (var api = await CryptoApiHost.StartAsync(database, aws.Host))
            await api.DecryptAsync("n", "k");
        var newest = (await database.AuditAsync()).Max(row => row.CalledAt);
        await using var store = database.Open();
        using var pruning = new AuditPruning(
            new AuditStore(store), Microsoft.Extensions.Options.Options.Create(new AuditOptions()), time, Microsoft.Extensions.Logging.Abstractions.NullLogger<AuditPruning>.Instance);

        time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(newest) + TimeSpan.FromDays(400));
        await pruning.StartAsync(TestContext.Current.CancellationToken);
        (await database.AuditAsync(rows => rows.Count <= 1)).Count.ShouldBe(1);
        time.Advance(TimeSpan.FromHours(1));
        (await database.AuditAsync(rows => rows.Count == 0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_outcome_that_finds_the_queue_closed_is_written_directly()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        await api.Services.GetRequiredService<AuditWriter>().DisposeAsync();

        await api.DecryptAsync("n", "k");

        (await database.AuditAsync()).Select(row => (row.Operation, row.Outcome)).ShouldBe([("Encrypt", "Success"), ("Decrypt", "InvalidCiphertextException")], ignoreOrder: true);
    }

    [Fact]
    public async Task Outcomes_wait_for_a_database_that_is_away_and_bring_a_lost_row_back()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        await using var database = TestDatabase.On(await server.CreateDatabaseAsync());
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        await using var call = api.Services.GetRequiredService<AuditLog>().Begin("Decrypt", "client:billing");
        call.MarkIntended(); // Its row went with the server's memory.

        await server.KillAsync();
        await call.MakeAsync(() => Task.FromResult(new AmazonWebServiceResponse { ResponseMetadata = new() { RequestId = "kms-1" } }));
        await server.StartAsync();

        var row = (await database.AuditAsync(rows => rows.Exists(row => row.Nonce == call.Nonce))).Single(row => row.Nonce == call.Nonce);
        (row.Client, row.Outcome, row.RequestId).ShouldBe(("client:billing", "Success", "kms-1"));
    }

    [Fact]
    public async Task Options_that_would_keep_nothing_stop_the_start()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);

        var problem = await Should.ThrowAsync<Exception>(() => CryptoApiHost.StartAsync(
            database, aws.Host, ("CryptoApi:Audit:KeepFor", "00:00:00"), ("CryptoApi:Audit:Auditors:0", " ")));

        problem.Message.ShouldContain("CryptoApi:Audit:KeepFor");
        problem.Message.ShouldContain("CryptoApi:Audit:Auditors");
    }
}
