using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Replay;

/// <summary>The SQLite file of a replay: the one that was named, or one in a folder of its own that goes away with it.</summary>
internal sealed class ReplayDatabase : IAsyncDisposable
{
    private readonly string? _folder;

    private ReplayDatabase(Database database, string? folder) => (Opened, _folder) = (database, folder);

    public Database Opened { get; }

    /// <summary>Opens or makes it.</summary>
    /// <param name="path">The file; null for one that nobody keeps.</param>
    /// <param name="source">The name of the source that is to be replayed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ReplayException">It can't be used, or belongs to something else.</exception>
    public static async Task<ReplayDatabase> OpenAsync(string? path, string source, CancellationToken cancellationToken)
    {
        var folder = path is null ? Directory.CreateTempSubdirectory("kmslab-replay-").FullName : null;
        var connectionString = $"Data Source={path ?? Path.Combine(folder!, "replay.db")};Pooling=true";
        try
        {
            await new DatabaseMigrator("sentinel", connectionString, DatabaseProvider.Sqlite, typeof(ReplayDatabase).Assembly).StartingAsync(cancellationToken);
        }
        catch (InvalidOperationException problem)
        {
            throw new ReplayException($"{path} can't be used as a database: {problem.InnerException?.Message ?? problem.Message} Name another file with --database.", problem);
        }

        var opened = new ReplayDatabase(new Database(DatabaseExtensions.CreateScratchSource(connectionString), DatabaseProvider.Sqlite), folder);
        if (await opened.ForeignSourceAsync(source, cancellationToken) is not { } other)
            return opened;

        await opened.DisposeAsync();
        throw new ReplayException($"{path} holds what was read from {other}. A replay needs a database of its own: name another file with --database.");
    }

    public async ValueTask DisposeAsync()
    {
        await Opened.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private Task<string?> ForeignSourceAsync(string source, CancellationToken cancellationToken) => Opened.ReadAsync(
        connection => connection.QueryFirstOrDefaultAsync<string?>(
            new CommandDefinition("SELECT source FROM source_cursor WHERE source <> @source", new { source }, cancellationToken: cancellationToken)),
        cancellationToken);
}
