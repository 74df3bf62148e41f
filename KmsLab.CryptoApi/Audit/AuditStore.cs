using System.Data.Common;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Audit;

/// <summary>The audit's rows.</summary>
internal sealed class AuditStore(Database database)
{
    private const int PruneBatch = 1000;

    private const string Columns =
        """
        nonce AS Nonce, called_at AS CalledAt, trace_id AS TraceId, client AS Client, client_tag AS ClientTag, operation AS Operation,
        record_id AS RecordId, key_arn AS KeyArn, to_key_arn AS ToKeyArn, outcome AS Outcome, request_id AS RequestId
        """;

    /// <summary>Writes the row of a call that is about to be made, in a transaction of the caller's. Once, however often it is run.</summary>
    public static Task IntendAsync(
        AuditedCall call, string? recordId, string? keyArn, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO kms_calls (nonce, called_at, trace_id, client, client_tag, operation, record_id, key_arn)
            VALUES (@Nonce, @CalledAt, @TraceId, @Client, @ClientTag, @Operation, @recordId, @keyArn)
            ON CONFLICT (nonce) DO NOTHING
            """,
            new { call.Nonce, call.CalledAt, call.TraceId, call.Client, call.ClientTag, call.Operation, recordId, keyArn },
            transaction,
            cancellationToken: cancellationToken));

    /// <summary>Writes the row of a call that is about to be made. For calls off the hot path: it costs a round trip.</summary>
    public Task IntendAsync(AuditedCall call, CancellationToken cancellationToken)
    {
        call.MarkIntended();
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                await IntendAsync(call, call.RecordId, call.KeyArn, connection, transaction, cancellationToken);
                return true;
            },
            cancellationToken,
            repeatable: true);
    }

    /// <summary>Finds a call by KMS's request id.</summary>
    public Task<KmsCallRow?> FindByRequestIdAsync(string requestId, CancellationToken cancellationToken) =>
        FindAsync($"SELECT {Columns} FROM kms_calls WHERE request_id = @key ORDER BY called_at LIMIT 1", requestId, cancellationToken);

    /// <summary>Finds a call by the nonce of its proof.</summary>
    public Task<KmsCallRow?> FindByNonceAsync(string nonce, CancellationToken cancellationToken) =>
        FindAsync($"SELECT {Columns} FROM kms_calls WHERE nonce = @key", nonce, cancellationToken);

    /// <summary>Deletes calls older than <paramref name="before"/>, some at a time.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var values = new { cutoff = before.ToUnixTimeMilliseconds(), PruneBatch };
        for (var all = 0; ;)
        {
            var pruned = await database.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM kms_calls WHERE nonce IN (SELECT nonce FROM kms_calls WHERE called_at < @cutoff LIMIT @PruneBatch)",
                    values, transaction, cancellationToken: cancellationToken)),
                cancellationToken,
                repeatable: true);
            all += pruned;
            if (pruned < PruneBatch)
                return all;
        }
    }

    private Task<KmsCallRow?> FindAsync(string sql, string key, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<KmsCallRow>(new CommandDefinition(sql, new { key }, cancellationToken: cancellationToken)), cancellationToken);
}

/// <summary>A row as it is stored. SQLite gives a null no type: hence properties that are set, not a constructor.</summary>
internal sealed record KmsCallRow
{
    public string Nonce { get; init; } = "";

    public long CalledAt { get; init; }

    public string TraceId { get; init; } = "";

    public string Client { get; init; } = "";

    public string? ClientTag { get; init; }

    public string Operation { get; init; } = "";

    public string? RecordId { get; init; }

    public string? KeyArn { get; init; }

    public string? ToKeyArn { get; init; }

    public string? Outcome { get; init; }

    public string? RequestId { get; init; }
}
