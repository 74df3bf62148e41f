using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace KmsLab.CryptoApi.Http;

/// <summary>
/// Reads a whole JSON body into memory, up to a limit. Our own reading, not the framework's binding: it names what is wrong in every environment,
/// and keeps secrets in arrays that can be zeroed, not in strings.
/// </summary>
internal static class RequestBody
{
    private const int FirstBuffer = 4096;

    /// <summary>Reads the body. The caller zeroes it.</summary>
    /// <exception cref="RefusedRequestException">415: not JSON in UTF-8. 413: longer than <paramref name="limit"/>.</exception>
    public static async Task<ArraySegment<byte>> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        RequireJson(request);
        if (request.ContentLength > limit)
            throw TooLong(limit);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit + 1L;

        var buffer = new byte[(int?)request.ContentLength + 1 ?? FirstBuffer]; // One more, so that the end is seen without growing.
        var length = 0;
        try
        {
            while (await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken) is var read and > 0)
            {
                length += read;
                if (length > limit)
                    throw TooLong(limit);
                if (length == buffer.Length)
                    buffer = Grow(buffer, limit);
            }
        }
        catch
        {
            CryptographicOperations.ZeroMemory(buffer);
            throw;
        }

        return new(buffer, 0, length);
    }

    private static byte[] Grow(byte[] full, int limit)
    {
        var larger = new byte[Math.Min(full.Length * 4L, limit + 1L)];
        full.CopyTo(larger, 0);
        CryptographicOperations.ZeroMemory(full);
        return larger;
    }

    private static void RequireJson(HttpRequest request)
    {
        if (!request.HasJsonContentType() || !IsUtf8(request.ContentType))
            throw new RefusedRequestException(StatusCodes.Status415UnsupportedMediaType, "Content-Type", "The Content-Type must be application/json, in UTF-8.");
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
            throw new RefusedRequestException(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding", "A compressed body can't be read: send it without Content-Encoding.");
    }

    private static bool IsUtf8(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static RefusedRequestException TooLong(int limit) =>
        new(StatusCodes.Status413PayloadTooLarge, "body", $"The body is longer than {limit} bytes.");
}
