using System.Data.Common;
using System.Security.Cryptography;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Records;

namespace KmsLab.CryptoApi;

/// <summary>Writes something in the transaction that commits a new record, which <paramref name="token"/> will open.</summary>
internal delegate Task AlongsideRecord(AccessToken token, DbConnection connection, DbTransaction transaction);

/// <summary>Stores texts by name and gives them back to whoever holds their token. What the HTTP endpoints offer.</summary>
internal sealed partial class Vault(RecordStore records, AuditedFind find, AuditLog audit, KmsEnvelope envelope, KmsKey key, RecordKeys keys, ILogger<Vault> logger)
{
    /// <summary>Encrypts and stores a text.</summary>
    /// <param name="name">In UTF-8.</param>
    /// <param name="text">In UTF-8.</param>
    /// <param name="current">The token of the record to replace, if the name is taken.</param>
    /// <param name="client">Who asks; KMS calls are attested on its behalf.</param>
    /// <param name="alongside">What else to write in the record's transaction; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new record's token, when the record is committed; null when the name is taken and <paramref name="current"/> is not its token.</returns>
    public async Task<AccessToken?> EncryptAsync(byte[] name, byte[] text, AccessToken? current, string client, AlongsideRecord? alongside, CancellationToken cancellationToken)
    {
        var id = RecordId.Create();
        await using var call = audit.Begin("Encrypt", client);
        call.Concerns(id, keys.KnownArn);
        var existing = await find.FindToWriteAsync(name, call, cancellationToken);
        if (existing is not null && !Authorises(current, existing))
            return null;

        var token = AccessToken.Create();
        var record = await SealAsync(name, text, id, token, call, cancellationToken);
        RecordTransaction? also = alongside is null ? null : (connection, transaction) => alongside(token, connection, transaction);
        var stored = existing is null
            ? await records.TryInsertAsync(record, also, cancellationToken)
            : await records.TryReplaceAsync(record, existing.Id, also, cancellationToken);
        if (!stored)
        {
            token.Dispose();
            return null;
        }

        Log.Stored(logger, record.Id, text.Length);
        return token;
    }

    /// <summary>Reads and decrypts a text.</summary>
    /// <param name="name">In UTF-8.</param>
    /// <param name="token">What the caller holds.</param>
    /// <param name="client">Who asks; KMS calls are attested on its behalf.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The text in UTF-8; null when KMS refused, for an unknown name as for a wrong token.</returns>
    /// <exception cref="DamagedRecordException">KMS agreed, but what is stored is not what was written.</exception>
    public async Task<byte[]?> DecryptAsync(byte[] name, AccessToken token, string client, CancellationToken cancellationToken)
    {
        await using var call = audit.Begin("Decrypt", client);
        var record = await find.FindToUseAsync(name, key.Decoy.Stored, call, cancellationToken);
        var wrapped = WrappedKey.Read(record.WrappedKey);
        var dataKey = await envelope.UnwrapAsync(wrapped, RecordContext.Create(record.Id, token, name), call, cancellationToken);
        if (dataKey is null)
        {
            Log.Refused(logger, record.Id);
            return null;
        }

        try
        {
            var body = await records.ReadBodyAsync(record.Id, cancellationToken);
            return body is null ? null : Open(record, dataKey, token, body); // Null: replaced since, so this token opens nothing any more.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>Deletes a record. The stored hash of its token authorises that; KMS has no part in it.</summary>
    /// <returns>False for an unknown name as for a wrong token.</returns>
    public async Task<bool> DeleteAsync(byte[] name, AccessToken token, CancellationToken cancellationToken)
    {
        var record = await records.FindAsync(name, cancellationToken);
        if (record is null || !Authorises(token, record) || !await records.TryDeleteAsync(name, record.Id, cancellationToken))
            return false;

        Log.Deleted(logger, record.Id);
        return true;
    }

    /// <summary>Re-wraps a record's data key under the service's current KMS key.</summary>
    /// <returns>False when KMS refused, for an unknown name as for a wrong token.</returns>
    public async Task<bool> RotateAsync(byte[] name, AccessToken token, string client, CancellationToken cancellationToken)
    {
        await using var call = audit.Begin("ReEncrypt", client);
        var record = await find.FindToUseAsync(name, key.Decoy.Stored, call, cancellationToken);
        var wrapped = WrappedKey.Read(record.WrappedKey);

        // A key of its own only for who can prove the token: a guess must not make the service create keys.
        var current = Authorises(token, record) ? await keys.ArnForAsync(name, client, cancellationToken) : key.Arn;
        var rewrapped = await envelope.RewrapAsync(wrapped, current, RecordContext.Create(record.Id, token, name), call, cancellationToken);
        if (rewrapped is null)
        {
            Log.Refused(logger, record.Id);
            return false;
        }

        // False: somebody else has re-wrapped the same record, replaced or deleted it meanwhile. Nothing of it is undone.
        if (await records.TryRewrapAsync(record.Id, record.WrappedKey, rewrapped.ToBytes(), cancellationToken))
            Log.Rotated(logger, record.Id, rewrapped.KeyArn);
        return true;
    }

    private async Task<NewRecord> SealAsync(byte[] name, byte[] text, RecordId id, AccessToken token, AuditedCall call, CancellationToken cancellationToken)
    {
        var keyArn = await keys.ArnForAsync(name, call.Client, cancellationToken);
        var header = RecordHeader.Create(id);
        var dataKey = RandomNumberGenerator.GetBytes(RecordCipher.DataKeySize);
        try
        {
            var wrapped = await envelope.WrapAsync(keyArn, dataKey, RecordContext.Create(header.Id, token, name), call, cancellationToken);
            var body = RecordCipher.Seal(header, dataKey, token, text);
            return new(name, header.Id, token.Hash(), header.ToBytes(), wrapped.ToBytes(), body);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private static byte[] Open(StoredRecord record, byte[] dataKey, AccessToken token, byte[] body)
    {
        var header = RecordHeader.Read(record.Header);
        return header.Id == record.Id
            ? RecordCipher.Open(header, dataKey, token, body)
            : throw new DamagedRecordException("its header belongs to another record");
    }

    private static bool Authorises(AccessToken? token, StoredRecord record) =>
        token is not null && CryptographicOperations.FixedTimeEquals(token.Hash(), record.TokenHash);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Stored record {RecordId}, {Bytes} bytes of text")]
        public static partial void Stored(ILogger logger, RecordId recordId, int bytes);

        [LoggerMessage(12, LogLevel.Information, "Deleted record {RecordId}")]
        public static partial void Deleted(ILogger logger, RecordId recordId);

        [LoggerMessage(13, LogLevel.Information, "Re-wrapped record {RecordId} under {KeyArn}")]
        public static partial void Rotated(ILogger logger, RecordId recordId, string keyArn);

        [LoggerMessage(11, LogLevel.Warning, "KMS refused the data key of record {RecordId}: wrong Key, or no such Name")]
        public static partial void Refused(ILogger logger, RecordId recordId);
    }
}
