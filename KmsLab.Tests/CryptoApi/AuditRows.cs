using Dapper;
using KmsLab.CryptoApi.Audit;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>Reads the audit where it is stored.</summary>
internal static class AuditRows
{
    /// <summary>Rows of calls that use keys, in no order.</summary>
    public static async Task<List<KmsCallRow>> AuditAsync(this TestDatabase test) =>
        [.. (await test.WholeAuditAsync()).Where(row => row.Operation is "Encrypt" or "Decrypt" or "ReEncrypt")];

    /// <summary>All rows, those of calls that find and make keys too.</summary>
    public static async Task<List<KmsCallRow>> WholeAuditAsync(this TestDatabase test)
    {
        await using var database = test.Open();
        return await database.ReadAsync(
            async connection => (await connection.QueryAsync<KmsCallRow>(
                """
                SELECT nonce AS Nonce, called_at AS CalledAt, trace_id AS TraceId, client AS Client, client_tag AS ClientTag, operation AS Operation,
                       record_id AS RecordId, key_arn AS KeyArn, to_key_arn AS ToKeyArn, outcome AS Outcome, request_id AS RequestId FROM kms_calls
                """)).ToList(),
            TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until <paramref name="enough"/> holds for the rows.</summary>
    public static async Task<List<KmsCallRow>> AuditAsync(this TestDatabase test, Func<List<KmsCallRow>, bool> enough)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var rows = await test.AuditAsync();
            if (enough(rows))
                return rows;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, timeout.Token);
        }
    }
}
