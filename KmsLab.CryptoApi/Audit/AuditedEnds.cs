using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Audit;

/// <summary>Writes down how calls ended, each with its whole row, and takes back the rows of those that were never made.</summary>
/// <remarks>
/// On PostgreSQL that takes arrays, one of the few places where the dialects part (docs/adr/0002-one-sql-dialect.md): one statement and one round trip,
/// with the same text and so the same plan however many calls there are. On SQLite there are no round trips to save: a statement each.
/// </remarks>
internal sealed class AuditedEnds(Database database)
{
    private const string Insert = "INSERT INTO kms_calls (nonce, called_at, trace_id, client, client_tag, operation, record_id, key_arn, to_key_arn, outcome, request_id)";

    private const string Overwrite =
        """
        ON CONFLICT (nonce) DO UPDATE SET record_id = excluded.record_id, key_arn = excluded.key_arn, to_key_arn = excluded.to_key_arn,
            outcome = excluded.outcome, request_id = excluded.request_id
        """;

    private const string UpsertAll =
        $"""
        {Insert}
        SELECT * FROM unnest(@nonces, @times, @traces, @clients, @tags, @operations, @records, @keys, @toKeys, @outcomes, @requests)
        {Overwrite}
        """;

    private const string UpsertOne =
        $"""
        {Insert}
        VALUES (@Nonce, @CalledAt, @TraceId, @Client, @ClientTag, @Operation, @RecordId, @KeyArn, @ToKeyArn, @Outcome, @RequestId)
        {Overwrite}
        """;

    /// <summary>Writes them, all or none. Running it again changes nothing.</summary>
    public Task WriteAsync(IReadOnlyCollection<AuditedCall> calls, CancellationToken cancellationToken)
    {
        var made = calls.Where(call => call.Outcome != CallOutcome.NotMade).ToArray();
        var notMade = calls.Where(call => call.Outcome == CallOutcome.NotMade).ToArray();
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                if (made.Length > 0)
                    await EndAsync(made, connection, transaction, cancellationToken);
                if (notMade.Length > 0)
                    await TakeBackAsync(notMade, connection, transaction, cancellationToken);
                return true;
            },
            cancellationToken,
            repeatable: true);
    }

    private Task<int> EndAsync(AuditedCall[] calls, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql
            ? connection.ExecuteAsync(new CommandDefinition(UpsertAll, Columns(calls), transaction, cancellationToken: cancellationToken))
            : connection.ExecuteAsync(new CommandDefinition(UpsertOne, calls, transaction, cancellationToken: cancellationToken)); // Dapper: once for each.

    private Task<int> TakeBackAsync(AuditedCall[] calls, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql
            ? connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM kms_calls WHERE nonce = ANY(@nonces)", new { nonces = Array.ConvertAll(calls, call => call.Nonce) }, transaction, cancellationToken: cancellationToken))
            : connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM kms_calls WHERE nonce = @Nonce", calls, transaction, cancellationToken: cancellationToken));

    private static object Columns(AuditedCall[] calls) => new
    {
        nonces = Array.ConvertAll(calls, call => call.Nonce),
        times = Array.ConvertAll(calls, call => call.CalledAt),
        traces = Array.ConvertAll(calls, call => call.TraceId),
        clients = Array.ConvertAll(calls, call => call.Client),
        tags = Array.ConvertAll(calls, call => call.ClientTag),
        operations = Array.ConvertAll(calls, call => call.Operation),
        records = Array.ConvertAll(calls, call => call.RecordId),
        keys = Array.ConvertAll(calls, call => call.KeyArn),
        toKeys = Array.ConvertAll(calls, call => call.ToKeyArn),
        outcomes = Array.ConvertAll(calls, call => call.Outcome),
        requests = Array.ConvertAll(calls, call => call.RequestId),
    };
}
