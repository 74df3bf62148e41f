using KmsLab.CryptoApi.Idempotency;

namespace KmsLab.CryptoApi.Http;

/// <summary>The header <c>Idempotency-Key</c>, as draft-ietf-httpapi-idempotency-key-header describes it; the quotes around its value are optional here.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The answer's header that says: an earlier attempt wrote this.</summary>
    public const string Replayed = "Idempotent-Replayed";

    /// <summary>Reads it; null when it isn't there.</summary>
    /// <exception cref="RefusedRequestException">It can't serve.</exception>
    public static string? Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;

        var key = values.ToString();
        if (key is ['"', .. var quoted, '"'])
            key = quoted;
        if (values.Count != 1 || key.Length is < IdempotentRequest.MinKey or > IdempotentRequest.MaxKey || key.Any(c => c is < '!' or > '~'))
        {
            throw new RefusedRequestException(StatusCodes.Status400BadRequest, Header,
                $"Idempotency-Key must be one value of {IdempotentRequest.MinKey} to {IdempotentRequest.MaxKey} printable ASCII characters that nobody guesses, such as a random UUID.");
        }

        return key;
    }
}
