using Dapper;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Leadership;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Leadership;

/// <summary>A database with a lease, whose clock the test sets, and processes that want it; each has connections of its own.</summary>
internal sealed class LeaseBed : IAsyncDisposable
{
    private const string Clock = "(SELECT at FROM test_clock)";

    private readonly TestDatabase _database;
    private readonly List<Database> _opened = [];

    private LeaseBed(TestDatabase database, LeaseOptions options)
    {
        (_database, Options) = (database, options);
        Leases = new(Open(), options, Clock);
    }

    public LeaseOptions Options { get; }

    public LeaseStore Leases { get; }

    public List<string> Messages { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<LeaseBed> CreateAsync(DatabaseProvider provider, PostgresCluster cluster, LeaseOptions? options = null)
    {
        var database = await TestDatabase.CreateAsync(provider, cluster);
        await new DatabaseMigrator("sentinel", database.ConnectionString, provider, typeof(SentinelExtensions).Assembly).StartingAsync(Cancellation);
        var bed = new LeaseBed(database, options ?? new());
        await bed.ExecuteAsync("CREATE TABLE test_clock (at BIGINT NOT NULL); INSERT INTO test_clock VALUES (1000000); CREATE TABLE written (what TEXT NOT NULL);");
        return bed;
    }

    public LeaseProcess Start()
    {
        var database = Open();
        var leader = new LeaderStatus(new CrashingLogger<LeaderStatus>(null, Messages));
        var leases = new LeaseStore(database, Options, Clock);
        return new(leader, new LeaderWrites(database, leases, leader), new LeaseKeeper(leader, leases, database, Options, TimeProvider.System, new CrashingLogger<LeaseKeeper>(null, Messages)));
    }

    /// <summary>Sets the database's clock forward.</summary>
    public Task AdvanceAsync(TimeSpan by) => ExecuteAsync($"UPDATE test_clock SET at = at + {(long)by.TotalMilliseconds}");

    /// <summary>What was committed.</summary>
    public async Task<IReadOnlyList<string>> WrittenAsync() => [.. await _opened[0].ReadAsync(connection => connection.QueryAsync<string>("SELECT what FROM written"), Cancellation)];

    /// <summary>Waits until a session of this database waits for a lock (PostgreSQL).</summary>
    public async Task UntilOneWaitsForALockAsync()
    {
        while (await _opened[0].ReadAsync(
            connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), Cancellation) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
            await database.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Database Open()
    {
        var database = _database.Open();
        _opened.Add(database);
        return database;
    }

    private Task ExecuteAsync(string sql) => _opened[0].ExecuteAsync(sql);
}

/// <summary>One process that wants the lease.</summary>
internal sealed record LeaseProcess(LeaderStatus Leader, LeaderWrites Writes, LeaseKeeper Keeper)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What the keeper does again and again.</summary>
    public Task StepAsync() => Keeper.StepAsync(Cancellation);

    public Task StopAsync() => Keeper.StopAsync(Cancellation);

    /// <summary>Writes as the engine does.</summary>
    /// <param name="what">What is written.</param>
    /// <param name="before">Runs within the transaction, behind the fence.</param>
    public Task WriteAsync(string what, Func<Task>? before = null) => Writes.WriteAsync(
        async (connection, transaction) =>
        {
            if (before is not null)
                await before();
            return await connection.ExecuteAsync("INSERT INTO written VALUES (@what)", new { what }, transaction);
        },
        Cancellation);
}
