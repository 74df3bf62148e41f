using System.Security.Cryptography;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Records;

/// <summary>Which KMS key belongs to which name, and who may create it: of several writers of a new name, one.</summary>
internal sealed class RecordKeyStore(Database database, TimeProvider time)
{
    /// <summary>A writer that has not finished by then is taken for dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The name's key, or the right to create it.</summary>
    /// <param name="name">In UTF-8.</param>
    /// <param name="owner">Random; identifies the writer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<(string? KeyArn, bool Mine)> FindOrReserveAsync(byte[] name, byte[] owner, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var values = new { hash = SHA256.HashData(name), owner, now, dead = now - (long)Patience.TotalMilliseconds };
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                CommandDefinition Command(string sql) => new(sql, values, transaction, cancellationToken: cancellationToken);
                await connection.ExecuteAsync(Command(
                    "INSERT INTO record_keys (name_hash, owner, reserved_at) VALUES (@hash, @owner, @now) ON CONFLICT (name_hash) DO NOTHING"));
                await connection.ExecuteAsync(Command(
                    "UPDATE record_keys SET owner = @owner, reserved_at = @now WHERE name_hash = @hash AND key_arn IS NULL AND reserved_at < @dead"));
                var row = await connection.QuerySingleOrDefaultAsync<Row>(Command("SELECT key_arn AS KeyArn, owner AS Owner FROM record_keys WHERE name_hash = @hash"));
                return row is null ? (null, false) : (row.KeyArn, row.Owner.AsSpan().SequenceEqual(owner)); // Null: given back a moment ago.
            },
            cancellationToken,
            repeatable: true);
    }

    /// <summary>Enters the key that <paramref name="owner"/> has created, or gives the right back when it is null.</summary>
    public Task SettleAsync(byte[] name, byte[] owner, string? keyArn, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            keyArn is null
                ? "DELETE FROM record_keys WHERE name_hash = @hash AND owner = @owner AND key_arn IS NULL"
                : "UPDATE record_keys SET key_arn = @keyArn WHERE name_hash = @hash AND owner = @owner",
            new { hash = SHA256.HashData(name), owner, keyArn }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    private sealed record Row(string? KeyArn, byte[] Owner);
}
