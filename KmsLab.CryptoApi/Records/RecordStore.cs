using System.Data.Common;
using Dapper;
using KmsLab.CryptoApi.Encryption;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Records;

/// <summary>What is known of a record before KMS has agreed: everything but its text.</summary>
internal sealed record StoredRecord(RecordId Id, byte[] TokenHash, byte[] Header, byte[] WrappedKey);

/// <summary>A record to be stored.</summary>
/// <param name="Name">In UTF-8.</param>
/// <param name="Id">Its id.</param>
/// <param name="TokenHash">SHA-256 of its token.</param>
/// <param name="Header">Stored form of <see cref="RecordHeader"/>.</param>
/// <param name="WrappedKey">Stored form of <see cref="Encryption.WrappedKey"/>.</param>
/// <param name="Body">Ciphertext and tag of the text.</param>
internal sealed record NewRecord(byte[] Name, RecordId Id, byte[] TokenHash, byte[] Header, byte[] WrappedKey, byte[] Body);

/// <summary>Writes something in a record's transaction, which may be run again.</summary>
internal delegate Task RecordTransaction(DbConnection connection, DbTransaction transaction);

/// <summary>The records, by name. A write has been committed when it returns.</summary>
/// <remarks>
/// Each write may be run again when its connection broke in the middle: having stored this very record id counts as success, so that a commit
/// whose answer was lost is not mistaken for somebody else's.
/// </remarks>
internal sealed class RecordStore(Database database, TimeProvider time)
{
    public const string FindSql = "SELECT record_id AS Id, token_hash AS TokenHash, header AS Header, wrapped_key AS WrappedKey FROM records WHERE name = @name";

    public const string FindOrDecoySql =
        $"""
        SELECT Id, TokenHash, Header, WrappedKey FROM (
            SELECT 0 AS Rank, f.* FROM ({FindSql}) AS f UNION ALL SELECT 1, @decoyId, @decoyHash, @decoyHeader, @decoyKey
        ) AS either ORDER BY Rank LIMIT 1
        """;

    /// <summary>Finds a record, without its text: a refused read must take the same time for a long text, a short one and none.</summary>
    public Task<StoredRecord?> FindAsync(byte[] name, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => FindAsync(name, connection, null, cancellationToken), cancellationToken);

    /// <summary>The same, in a transaction of the caller's.</summary>
    public static Task<StoredRecord?> FindAsync(byte[] name, DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        ReadAsync(connection, new CommandDefinition(FindSql, new { name }, transaction, cancellationToken: cancellationToken));

    /// <summary>Finds a record, or else the decoy: the same statement with a row of the same size for an answer, so that it takes the same time.</summary>
    public static Task<StoredRecord?> FindOrDecoyAsync(byte[] name, StoredRecord decoy, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        ReadAsync(connection, new CommandDefinition(FindOrDecoySql, Values(name, decoy), transaction, cancellationToken: cancellationToken));

    /// <summary>The values of <see cref="FindOrDecoySql"/>.</summary>
    public static DynamicParameters Values(byte[] name, StoredRecord decoy) =>
        new(new { name, decoyId = decoy.Id.ToBytes(), decoyHash = decoy.TokenHash, decoyHeader = decoy.Header, decoyKey = decoy.WrappedKey });

    /// <summary>Runs a statement that ends in <see cref="FindSql"/> or <see cref="FindOrDecoySql"/>.</summary>
    public static async Task<StoredRecord?> ReadAsync(DbConnection connection, CommandDefinition command)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(command);
        return row is null ? null : new(RecordId.Read(row.Id), row.TokenHash, row.Header, row.WrappedKey);
    }

    /// <summary>Reads a record's encrypted text; null when the record has just been replaced or deleted.</summary>
    public Task<byte[]?> ReadBodyAsync(RecordId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "SELECT body FROM records WHERE record_id = @id", new { id = id.ToBytes() }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>Stores a record under a new name.</summary>
    /// <returns>False when the name is taken.</returns>
    public Task<bool> TryInsertAsync(NewRecord record, RecordTransaction? also, CancellationToken cancellationToken) => WriteAsync(
        """
        INSERT INTO records (name, record_id, token_hash, created_at, header, wrapped_key, body)
        VALUES (@Name, @Id, @TokenHash, @Now, @Header, @WrappedKey, @Body)
        ON CONFLICT (name) DO NOTHING
        """,
        record, null, also, cancellationToken);

    /// <summary>Puts a record in the place of the one with the id <paramref name="current"/>.</summary>
    /// <returns>False when that one is not there any more.</returns>
    public Task<bool> TryReplaceAsync(NewRecord record, RecordId current, RecordTransaction? also, CancellationToken cancellationToken) => WriteAsync(
        """
        UPDATE records SET record_id = @Id, token_hash = @TokenHash, created_at = @Now, header = @Header, wrapped_key = @WrappedKey, body = @Body
        WHERE name = @Name AND record_id = @Current
        """,
        record, current, also, cancellationToken);

    /// <summary>Deletes the record with the id <paramref name="id"/>.</summary>
    /// <returns>False when the name holds another record by now.</returns>
    public Task<bool> TryDeleteAsync(byte[] name, RecordId id, CancellationToken cancellationToken)
    {
        var values = new { name, id = id.ToBytes() };
        return database.WriteOneAsync(
            async connection =>
                await connection.ExecuteAsync("DELETE FROM records WHERE name = @name AND record_id = @id", values) == 1
                || await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM records WHERE name = @name", values) == 0,
            cancellationToken,
            repeatable: true);
    }

    /// <summary>Puts a record's re-wrapped data key in the place of <paramref name="current"/>.</summary>
    /// <returns>False when that one is not there any more.</returns>
    public Task<bool> TryRewrapAsync(RecordId id, byte[] current, byte[] rewrapped, CancellationToken cancellationToken)
    {
        var values = new { id = id.ToBytes(), current, rewrapped };
        return database.WriteOneAsync(
            async connection =>
                await connection.ExecuteAsync("UPDATE records SET wrapped_key = @rewrapped WHERE record_id = @id AND wrapped_key = @current", values) == 1
                || await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM records WHERE record_id = @id AND wrapped_key = @rewrapped", values) == 1,
            cancellationToken,
            repeatable: true);
    }

    private Task<bool> WriteAsync(string sql, NewRecord record, RecordId? current, RecordTransaction? also, CancellationToken cancellationToken)
    {
        var values = new
        {
            record.Name,
            Id = record.Id.ToBytes(),
            record.TokenHash,
            Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            record.Header,
            record.WrappedKey,
            record.Body,
            Current = current?.ToBytes(),
        };
        if (also is null)
            return database.WriteOneAsync(connection => StoredAsync(connection, null), cancellationToken, repeatable: true);
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                var stored = await StoredAsync(connection, transaction);
                if (stored)
                    await also(connection, transaction);
                return stored;
            },
            cancellationToken,
            repeatable: true);

        async Task<bool> StoredAsync(DbConnection connection, DbTransaction? transaction) =>
            await connection.ExecuteAsync(sql, values, transaction) == 1
            || await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM records WHERE name = @Name AND record_id = @Id", values, transaction) == 1;
    }

    private sealed record Row(byte[] Id, byte[] TokenHash, byte[] Header, byte[] WrappedKey);
}
