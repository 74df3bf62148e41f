using System.Net;
using System.Net.Sockets;

namespace KmsLab.Tests;

/// <summary>Connections from another address of this machine: all of 127.0.0.0/8 is its own on Linux.</summary>
internal static class LocalAddress
{
    public static HttpClient Client(string from, Uri to)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(from, context, cancellationToken),
        };
        return new(handler) { BaseAddress = to };
    }

    private static async ValueTask<Stream> ConnectAsync(
        string from, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
