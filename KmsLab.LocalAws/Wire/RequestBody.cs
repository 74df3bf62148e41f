using System.Buffers;
using System.IO.Compression;

namespace KmsLab.LocalAws.Wire;

/// <summary>A request's whole body in a rented array.</summary>
internal readonly struct RequestBody(byte[] rented, int length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => rented.AsMemory(0, length);

    public ReadOnlySpan<byte> Span => rented.AsSpan(0, length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(rented, clearArray: true); // plaintext to encrypt may have been in it

    /// <summary>Reads the body to its end, unpacked if the client compressed it.</summary>
    /// <exception cref="AwsException">It is over <paramref name="limit"/> bytes (413), or isn't the gzip that its header says.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            throw AwsException.TooLarge(limit);

        var encoding = request.Headers.ContentEncoding.ToString();
        if (!encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            return await ReadAsync(request.Body, (int)(request.ContentLength ?? 4096), limit, cancellationToken);

        try
        {
            await using var unpacked = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            return await ReadAsync(unpacked, 64 * 1024, limit, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw AwsException.Serialization("The request body is not valid gzip.");
        }
    }

    private static async ValueTask<RequestBody> ReadAsync(Stream stream, int expected, int limit, CancellationToken cancellationToken)
    {
        // One byte more than expected, so that the end is seen without growing.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Clamp(expected, 0, limit) + 1);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                    return new(buffer, length);

                length += read;
                if (length > limit)
                    throw AwsException.TooLarge(limit);
                if (length == buffer.Length)
                    Grow(ref buffer, length);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            throw;
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }
}
