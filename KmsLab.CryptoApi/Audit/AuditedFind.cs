using System.Data.Common;
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
    private const string Intend =
        """
        INSERT INTO kms_calls (nonce, called_at, trace_id, client, client_tag, operation, record_id, key_arn)
        SELECT @Nonce, @CalledAt, @TraceId, @Client, @ClientTag, @Operation,
        """;

    private const string Unwaited = "WHERE set_config('synchronous_commit', 'off', true) = 'off' ON CONFLICT (nonce) DO NOTHING";

    // encode(..., 'escape') leaves ASCII, which an ARN is, as it stands, and unlike convert_from can't fail on a damaged record.
    private const string FindOrDecoyAndIntend =
        $"""
        WITH found AS ({RecordStore.FindOrDecoySql}),
        intent AS (
            {Intend} encode(Id, 'hex'),
                CASE WHEN length(WrappedKey) > 3 THEN encode(substring(WrappedKey FROM 4 FOR get_byte(WrappedKey, 1) * 256 + get_byte(WrappedKey, 2)), 'escape') END
            FROM found {Unwaited}
        )
        SELECT * FROM found
        """;

    private const string FindAndIntend =
        $"""
        WITH found AS ({RecordStore.FindSql}), intent AS ({Intend} @RecordId, @KeyArn {Unwaited})
        SELECT * FROM found
        """;

    /// <summary>For a call on the record itself; the decoy's where there is no such record.</summary>
    public async Task<StoredRecord> FindToUseAsync(byte[] name, StoredRecord decoy, AuditedCall call, CancellationToken cancellationToken)
    {
        call.MarkIntended();
        var found = database.Provider == DatabaseProvider.PostgreSql
            ? await InOneStatementAsync(FindOrDecoyAndIntend, RecordStore.Values(name, decoy), call, cancellationToken)
            : await InOneTransactionAsync((connection, transaction) => RecordStore.FindOrDecoyAsync(name, decoy, connection, transaction, cancellationToken), call, ofFound: true, cancellationToken);
        call.Concerns(found!.Id, KeyArnOf(found));
        return found;
    }

    /// <summary>For a call on a new record, which is to stand beside or in the place of what is found.</summary>
    public Task<StoredRecord?> FindToWriteAsync(byte[] name, AuditedCall call, CancellationToken cancellationToken)
    {
        call.MarkIntended();
        return database.Provider == DatabaseProvider.PostgreSql
            ? InOneStatementAsync(FindAndIntend, new DynamicParameters(new { name, call.RecordId, call.KeyArn }), call, cancellationToken)
            : InOneTransactionAsync((connection, transaction) => RecordStore.FindAsync(name, connection, transaction, cancellationToken), call, ofFound: false, cancellationToken);
    }

    private Task<StoredRecord?> InOneStatementAsync(string sql, DynamicParameters values, AuditedCall call, CancellationToken cancellationToken)
    {
        values.AddDynamicParams(new { call.Nonce, call.CalledAt, call.TraceId, call.Client, call.ClientTag, call.Operation });
        return database.ReadAsync(connection => RecordStore.ReadAsync(connection, new CommandDefinition(sql, values, cancellationToken: cancellationToken)), cancellationToken);
    }

    private Task<StoredRecord?> InOneTransactionAsync(
        Func<DbConnection, DbTransaction, Task<StoredRecord?>> find, AuditedCall call, bool ofFound, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var found = await find(connection, transaction);
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
}
