using Dapper;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Records;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Audit;

/// <summary>Looks up a record and writes down the KMS call that will follow, in one round trip.</summary>
/// <remarks>
/// <para>
/// On PostgreSQL that takes one statement of its own dialect, one of the few places where the dialects part (docs/adr/0002-one-sql-dialect.md): the row's
/// record id and key come from the record that the same statement finds. It does not wait for the server's disk (<c>synchronous_commit</c>): the row
/// survives the death of this process, and after one of the server, the outcome, which carries the whole row, puts it back.
/// </para>
/// <para>On SQLite there are no round trips to save: two statements in one transaction.</para>
/// </remarks>
internal sealed class AuditedFind(Database database)
{
    // encode(..., 'escape') leaves ASCII, which an ARN is, as it stands, and unlike convert_from can't fail on a damaged record.
    private const string FindAndIntend =
        """
        WITH found AS (SELECT record_id, token_hash, header, wrapped_key FROM records WHERE name = @name),
        call AS (
            SELECT coalesce((SELECT encode(record_id, 'hex') FROM found), @RecordId) AS record_id,
                   coalesce((SELECT encode(substring(wrapped_key FROM 4 FOR get_byte(wrapped_key, 1) * 256 + get_byte(wrapped_key, 2)), 'escape')
                             FROM found WHERE length(wrapped_key) > 3), @KeyArn) AS key_arn
        ),
        intent AS (
            INSERT INTO kms_calls (nonce, called_at, trace_id, client, client_tag, operation, record_id, key_arn)
            SELECT @Nonce, @CalledAt, @TraceId, @Client, @ClientTag, @Operation,
                   CASE WHEN @ofFound = 1 THEN call.record_id ELSE @RecordId END, CASE WHEN @ofFound = 1 THEN call.key_arn ELSE @KeyArn END
            FROM call WHERE set_config('synchronous_commit', 'off', true) = 'off'
            ON CONFLICT (nonce) DO NOTHING
        )
        SELECT record_id AS Id, token_hash AS TokenHash, header AS Header, wrapped_key AS WrappedKey FROM found
        """;

    /// <summary>For a call on the record itself. What <paramref name="call"/> concerns so far stands where there is no such record.</summary>
    public Task<StoredRecord?> FindToUseAsync(byte[] name, AuditedCall call, CancellationToken cancellationToken) => FindAsync(name, call, ofFound: true, cancellationToken);

    /// <summary>For a call on a new record, which is to stand beside or in the place of what is found.</summary>
    public Task<StoredRecord?> FindToWriteAsync(byte[] name, AuditedCall call, CancellationToken cancellationToken) => FindAsync(name, call, ofFound: false, cancellationToken);

    private async Task<StoredRecord?> FindAsync(byte[] name, AuditedCall call, bool ofFound, CancellationToken cancellationToken)
    {
        call.MarkIntended();
        var found = database.Provider == DatabaseProvider.PostgreSql
            ? await InOneStatementAsync(name, call, ofFound, cancellationToken)
            : await InOneTransactionAsync(name, call, ofFound, cancellationToken);
        if (found is not null && ofFound)
            call.Concerns(found.Id, KeyArnOf(found));
        return found;
    }

    private async Task<StoredRecord?> InOneStatementAsync(byte[] name, AuditedCall call, bool ofFound, CancellationToken cancellationToken)
    {
        var values = new
        {
            name,
            call.Nonce,
            call.CalledAt,
            call.TraceId,
            call.Client,
            call.ClientTag,
            call.Operation,
            call.RecordId,
            call.KeyArn,
            ofFound = ofFound ? 1L : 0L,
        };
        var row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(FindAndIntend, values, cancellationToken: cancellationToken)), cancellationToken);
        return row is null ? null : new(RecordId.Read(row.Id), row.TokenHash, row.Header, row.WrappedKey);
    }

    private Task<StoredRecord?> InOneTransactionAsync(byte[] name, AuditedCall call, bool ofFound, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var found = await RecordStore.FindAsync(name, connection, transaction, cancellationToken);
            var (record, keyArn) = found is not null && ofFound ? (found.Id.ToString(), KeyArnOf(found)) : (call.RecordId, call.KeyArn);
            await AuditStore.IntendAsync(call, record, keyArn, connection, transaction, cancellationToken);
            return found;
        },
        cancellationToken,
        repeatable: true);

    /// <summary>Null for a damaged one: whoever uses it will say so.</summary>
    private static string? KeyArnOf(StoredRecord record)
    {
        try
        {
            return WrappedKey.Read(record.WrappedKey).KeyArn;
        }
        catch (DamagedRecordException)
        {
            return null;
        }
    }

    private sealed record Row(byte[] Id, byte[] TokenHash, byte[] Header, byte[] WrappedKey);
}
