using System.Security.Cryptography;
using Dapper;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Encryption;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Records;

/// <summary>
/// A record that nobody stored and nothing opens. A read of an unknown name goes to KMS with it and is refused there like a wrong Key is:
/// the same answer, the same time, the same failed call on the trail.
/// </summary>
internal sealed record DecoyRecord(RecordId Id, WrappedKey WrappedKey)
{
    /// <summary>As it would stand in the store, each field of the size that a real one has; its token is nobody's.</summary>
    public StoredRecord Stored { get; } = new(Id, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), RecordHeader.Create(Id).ToBytes(), WrappedKey.ToBytes());
}

/// <summary>Keeps one decoy for each KMS key, so that instances and restarts share it: one Encrypt on the trail, once.</summary>
internal sealed class DecoyStore(Database database, KmsEnvelope envelope, AuditLog audit, AuditStore calls)
{
    public async Task<DecoyRecord> GetOrCreateAsync(string keyArn, CancellationToken cancellationToken)
    {
        if (await FindAsync(keyArn, cancellationToken) is { } known)
            return known;

        var decoy = await CreateAsync(keyArn, cancellationToken);
        await database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO decoys (key_arn, record_id, wrapped_key) VALUES (@keyArn, @id, @wrappedKey) ON CONFLICT (key_arn) DO NOTHING",
                new { keyArn, id = decoy.Id.ToBytes(), wrappedKey = decoy.WrappedKey.ToBytes() }, transaction, cancellationToken: cancellationToken)),
            cancellationToken);
        return await FindAsync(keyArn, cancellationToken) ?? decoy;
    }

    private async Task<DecoyRecord?> FindAsync(string keyArn, CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                "SELECT record_id AS Id, wrapped_key AS WrappedKey FROM decoys WHERE key_arn = @keyArn", new { keyArn }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row is null ? null : new(RecordId.Read(row.Id), WrappedKey.Read(row.WrappedKey));
    }

    /// <summary>Wrapped under the context of a token that is forgotten at once, around bytes that are no record's key.</summary>
    private async Task<DecoyRecord> CreateAsync(string keyArn, CancellationToken cancellationToken)
    {
        var id = RecordId.Create();
        using var token = AccessToken.Create();
        var bytes = RandomNumberGenerator.GetBytes(RecordCipher.DataKeySize);
        await using var call = audit.Begin("Encrypt", AuditLog.Service);
        call.Concerns(id, keyArn);
        await calls.IntendAsync(call, cancellationToken);
        return new(id, await envelope.WrapAsync(keyArn, bytes, RecordContext.Create(id, token, "decoy"u8), call, cancellationToken));
    }

    private sealed record Row(byte[] Id, byte[] WrappedKey);
}
