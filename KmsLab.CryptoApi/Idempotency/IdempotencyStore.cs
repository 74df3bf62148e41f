using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using KmsLab.ServiceDefaults.Database;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Idempotency;

/// <summary>Writes with an <c>Idempotency-Key</c>, under way and answered. Of several at once the primary key lets one through, on whichever instance.</summary>
internal sealed class IdempotencyStore(Database database, IOptions<IdempotencyOptions> options, TimeProvider time)
{
    /// <summary>Longer than any write takes: its KMS call and its statements end, one way or the other, before that.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(6);

    private const int PruneBatch = 1000;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Claims the key for an attempt, or finds out who has it.</summary>
    public async Task<IdempotencyClaim> ClaimAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        var claim = RandomNumberGenerator.GetBytes(16);
        var values = new
        {
            request.KeyHash,
            request.BodyHash,
            Claim = claim,
            None = Array.Empty<byte>(), // SQLite gives a null no type that Dapper could map.
            Now,
            Until = Now + (long)Lease.TotalMilliseconds,
            Expires = Now + (long)options.Value.KeepFor.TotalMilliseconds,
        };
        var row = await database.WriteAsync(
            async (connection, transaction) =>
            {
                // Takes the place of what has expired, and of an attempt of the same request that died.
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    INSERT INTO idempotent_writes (key_hash, body_hash, claim, claimed_until, expires_at) VALUES (@KeyHash, @BodyHash, @Claim, @Until, @Expires)
                    ON CONFLICT (key_hash) DO UPDATE SET body_hash = excluded.body_hash, claim = excluded.claim, claimed_until = excluded.claimed_until,
                        expires_at = excluded.expires_at, answer = NULL
                    WHERE idempotent_writes.expires_at <= @Now
                       OR (idempotent_writes.answer IS NULL AND idempotent_writes.claimed_until <= @Now AND idempotent_writes.body_hash = excluded.body_hash)
                    """,
                    values, transaction, cancellationToken: cancellationToken));
                return await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                    "SELECT body_hash AS BodyHash, claim AS Claim, coalesce(answer, @None) AS Answer FROM idempotent_writes WHERE key_hash = @KeyHash",
                    values, transaction, cancellationToken: cancellationToken));
            },
            cancellationToken,
            repeatable: true);

        return row switch
        {
            null => IdempotencyClaim.UnderWay, // Given up by its holder between the two statements.
            _ when !row.BodyHash.AsSpan().SequenceEqual(request.BodyHash) => IdempotencyClaim.OtherBody,
            { Answer: { Length: > 0 } answer } => IdempotencyClaim.Answered(answer),
            _ when row.Claim.AsSpan().SequenceEqual(claim) => IdempotencyClaim.Ours(claim),
            _ => IdempotencyClaim.UnderWay,
        };
    }

    /// <summary>Keeps the sealed answer, in the transaction that writes the record: both are committed, or neither.</summary>
    /// <exception cref="IdempotencyConflictException">The claim was lost meanwhile; the exception rolls the record back.</exception>
    public static async Task KeepAsync(DbConnection connection, DbTransaction transaction, IdempotentRequest request, byte[] claim, byte[] answer, CancellationToken cancellationToken)
    {
        var kept = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE idempotent_writes SET answer = @answer WHERE key_hash = @KeyHash AND claim = @claim",
            new { answer, request.KeyHash, claim }, transaction, cancellationToken: cancellationToken));
        if (kept != 1)
            throw new IdempotencyConflictException();
    }

    /// <summary>Gives up a claim, so that a retry may write. Does nothing where the answer was committed after all.</summary>
    public Task ReleaseAsync(IdempotentRequest request, byte[] claim, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM idempotent_writes WHERE key_hash = @KeyHash AND claim = @claim AND answer IS NULL",
            new { request.KeyHash, claim }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    /// <summary>Deletes what has expired.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            var pruned = await database.WriteAsync(
                (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM idempotent_writes WHERE key_hash IN (SELECT key_hash FROM idempotent_writes WHERE expires_at <= @Now LIMIT @PruneBatch)",
                    new { Now, PruneBatch }, transaction, cancellationToken: cancellationToken)),
                cancellationToken,
                repeatable: true);
            all += pruned;
            if (pruned < PruneBatch)
                return all;
        }
    }

    private sealed record Row(byte[] BodyHash, byte[] Claim, byte[] Answer);
}

/// <summary>How an attempt stands to its <c>Idempotency-Key</c>.</summary>
/// <param name="Claim">Set when this attempt may write.</param>
/// <param name="Answer">Set when an earlier one has: its sealed answer.</param>
/// <param name="SameBody">False when the key came with another body before.</param>
internal sealed record IdempotencyClaim(byte[]? Claim, byte[]? Answer, bool SameBody)
{
    public static IdempotencyClaim UnderWay { get; } = new(null, null, true);

    public static IdempotencyClaim OtherBody { get; } = new(null, null, false);

    public static IdempotencyClaim Ours(byte[] claim) => new(claim, null, true);

    public static IdempotencyClaim Answered(byte[] answer) => new(null, answer, true);
}

/// <summary>Another attempt with the same <c>Idempotency-Key</c> is under way.</summary>
internal sealed class IdempotencyConflictException() : Exception("Another attempt with the same Idempotency-Key is under way.");
