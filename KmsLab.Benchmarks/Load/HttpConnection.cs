using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KmsLab.Benchmarks.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection on a bare socket. The load generator shares the machine with the server that it measures:
/// every cycle saved here is one that the server has.
/// </summary>
internal sealed class HttpConnection(IPEndPoint server) : IDisposable
{
    private byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;

    /// <summary>Sends a whole request and reads the whole response.</summary>
    /// <returns>Status code, and the body in a buffer that the next call overwrites.</returns>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        for (var attempt = 0; ; attempt++)
        {
            var socket = _socket ??= await ConnectAsync();
            try
            {
                await socket.SendAsync(request);
                return await ReadResponseAsync(socket);
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException && attempt < 2) // The server ended a keep-alive connection.
            {
                Close();
            }
        }
    }

    public void Dispose() => Close();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return socket;
    }

    private async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> ReadResponseAsync(Socket socket)
    {
        var filled = 0;
        var headerEnd = -1;
        while (headerEnd < 0)
        {
            filled += await ReceiveAsync(socket, filled);
            headerEnd = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, headerEnd);
        var bodyStart = headerEnd + 4;
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)) // The body is left in its chunks: problems come so, and only their status counts here.
        {
            while (!_buffer.AsSpan(bodyStart, filled - bodyStart).EndsWith("0\r\n\r\n"u8))
                filled += await ReceiveAsync(socket, filled);
            return (Status(head), _buffer.AsMemory(bodyStart, filled - bodyStart));
        }

        var length = ContentLength(head);
        while (filled < bodyStart + length)
            filled += await ReceiveAsync(socket, filled);

        if (head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase) || head.StartsWith("HTTP/1.0", StringComparison.Ordinal))
            Close();
        return (Status(head), _buffer.AsMemory(bodyStart, length));
    }

    private async ValueTask<int> ReceiveAsync(Socket socket, int offset)
    {
        if (offset == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var received = await socket.ReceiveAsync(_buffer.AsMemory(offset));
        return received > 0 ? received : throw new EndOfStreamException();
    }

    private static int Status(string head) => int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);

    private static int ContentLength(string head)
    {
        const string Header = "content-length:";
        var at = head.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            throw new NotSupportedException("The server answers without Content-Length.");
        var rest = head.AsSpan(at + Header.Length);
        var end = rest.IndexOf('\r');
        return int.Parse((end < 0 ? rest : rest[..end]).Trim(), CultureInfo.InvariantCulture);
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
