using System.Globalization;
using System.Text;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>A body in <c>aws-chunked</c>, read as the content that it carries; its trailing headers are there at the end.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html: <c>hex-size[;chunk-signature=...]\r\n content \r\n</c> ... <c>0\r\n name:value\r\n \r\n</c>.
/// </remarks>
internal sealed class ChunkedBody(Stream body) : Stream
{
    private const int MaxLine = 4096;
    private const int MaxTrailers = 20;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _left;
    private bool _isFirst = true;
    private bool _isOver;

    /// <summary>The trailing headers, once all is read.</summary>
    public Dictionary<string, string> Trailers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request's body is in this encoding.</summary>
    public static bool IsOne(HttpRequest request) =>
        request.Headers["x-amz-content-sha256"].ToString().StartsWith("STREAMING-", StringComparison.Ordinal)
        || request.Headers.ContentEncoding.ToString().Contains("aws-chunked", StringComparison.OrdinalIgnoreCase);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && !await NextChunkAsync(cancellationToken))
            return 0;
        var wanted = (int)Math.Min(buffer.Length, _left);
        int read;
        if (_end > _start)
        {
            read = Math.Min(wanted, _end - _start);
            _buffer.AsMemory(_start, read).CopyTo(buffer);
            _start += read;
        }
        else
        {
            read = await body.ReadAsync(buffer[..wanted], cancellationToken);
            if (read == 0)
                throw Incomplete();
        }

        _left -= read;
        return read;
    }

    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_isOver)
            return false;
        if (!_isFirst && await LineAsync(cancellationToken) is not "")
            throw Malformed();
        _isFirst = false;
        var line = await LineAsync(cancellationToken) ?? throw Incomplete();
        var size = line.AsSpan(0, line.IndexOf(';', StringComparison.Ordinal) is var end and >= 0 ? end : line.Length);
        if (size.Length > 12 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left))
            throw Malformed();
        if (_left > 0)
            return true;

        _isOver = true;
        while (await LineAsync(cancellationToken) is { Length: > 0 } trailer)
        {
            var colon = trailer.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || Trailers.Count == MaxTrailers)
                throw Malformed();
            Trailers[trailer[..colon].Trim()] = trailer[(colon + 1)..].Trim();
        }

        return false;
    }

    /// <summary>The next line without its end; null at the end of the body.</summary>
    private async ValueTask<string?> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, at).TrimEnd('\r');
                _start += at + 1;
                return line;
            }

            if (_end - _start > MaxLine)
                throw Malformed();
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return _end == 0 ? null : throw Incomplete();
            _end += read;
        }
    }

    private static AwsException Incomplete() => new("IncompleteBody", "The request body terminated unexpectedly");

    private static AwsException Malformed() => S3Error.InvalidRequest("The body is not in the encoding aws-chunked");

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
