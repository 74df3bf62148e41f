using System.Data.Common;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Http;

namespace KmsLab.CryptoApi.Idempotency;

/// <summary>What a write with an <c>Idempotency-Key</c> came to. Disposing it zeroes the token.</summary>
/// <param name="Token">The record's token; null when the name is taken.</param>
/// <param name="Replayed">An earlier attempt wrote the record.</param>
internal sealed record IdempotentOutcome(AccessToken? Token, bool Replayed) : IDisposable
{
    public void Dispose() => Token?.Dispose();
}

/// <summary>Encrypts once, however often a client tries.</summary>
internal sealed partial class IdempotentVault(Vault vault, IdempotencyStore store, ILogger<IdempotentVault> logger)
{
    /// <summary>As <see cref="Vault.EncryptAsync"/>, once for each <paramref name="request"/>.</summary>
    /// <exception cref="RefusedRequestException">The key came with another body before.</exception>
    /// <exception cref="IdempotencyConflictException">Another attempt is under way.</exception>
    public async Task<IdempotentOutcome> EncryptAsync(
        IdempotentRequest request, byte[] name, byte[] text, AccessToken? current, string client, CancellationToken cancellationToken)
    {
        var standing = await store.ClaimAsync(request, cancellationToken);
        if (!standing.SameBody)
            throw new RefusedRequestException(StatusCodes.Status422UnprocessableEntity, "Idempotency-Key", "This Idempotency-Key came with another body before: use a new one for each write.");
        if (standing.Answer is { } answer)
            return new(request.Open(answer), Replayed: true);

        var claim = standing.Claim ?? throw new IdempotencyConflictException();
        AccessToken? token = null;
        try
        {
            token = await vault.EncryptAsync(name, text, current, client, KeepAnswer, cancellationToken);
            return new(token, Replayed: false);
        }
        finally
        {
            if (token is null)
                await ReleaseAsync(request, claim);
        }

        Task KeepAnswer(AccessToken written, DbConnection connection, DbTransaction transaction) =>
            IdempotencyStore.KeepAsync(connection, transaction, request, claim, request.Seal(written), cancellationToken);
    }

    /// <summary>Whatever became of the caller: a claim that stays would turn its retries away until the lease ends.</summary>
    private async Task ReleaseAsync(IdempotentRequest request, byte[] claim)
    {
        try
        {
            await store.ReleaseAsync(request, claim, CancellationToken.None);
        }
        catch (DbException unreachable)
        {
            Log.Unreleased(logger, unreachable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Warning, "An Idempotency-Key stays claimed until its lease ends: the database can't be reached")]
        public static partial void Unreleased(ILogger logger, Exception problem);
    }
}
