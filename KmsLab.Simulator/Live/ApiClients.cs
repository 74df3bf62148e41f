using System.Net;
using System.Net.Sockets;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The application's callers over HTTP, each from an address of its own: by that the application tells them apart where it asks for no API keys.</summary>
/// <remarks>All of 127.0.0.0/8 is this machine on Linux; elsewhere the addresses may be missing, and then all callers are one.</remarks>
internal sealed class ApiClients(LabTarget target) : IDisposable
{
    private readonly Dictionary<int, HttpClient> _clients = [];

    /// <summary>Whether a client could not have its address.</summary>
    public bool ShareAnAddress { get; private set; }

    /// <summary>Who the application takes the client for.</summary>
    public string? NameOf(ApiClient client) =>
        target.ApiKey is not null ? null : target.CryptoApi.IsLoopback && !ShareAnAddress ? $"address:{AddressOf(client.Number)}" : "address:127.0.0.1";

    /// <summary>Stores a text.</summary>
    /// <returns>Its Key.</returns>
    /// <exception cref="HttpRequestException">The application refuses or can't be reached.</exception>
    public async Task<string> StoreAsync(ApiClient client, string name, string text, CancellationToken cancellationToken)
    {
        using var answer = await Of(client).PostAsJsonAsync("encrypt", new StoreBody(name, text), ApiJson.Default.StoreBody, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.StoreAnswer, cancellationToken))!.Key;
    }

    /// <summary>Reads a text.</summary>
    /// <returns>Whether the application gave it.</returns>
    /// <exception cref="HttpRequestException">It can't be reached, or could not answer.</exception>
    public async Task<bool> ReadAsync(ApiClient client, string name, string key, CancellationToken cancellationToken)
    {
        using var answer = await Of(client).PostAsJsonAsync("decrypt", new ReadBody(name, key), ApiJson.Default.ReadBody, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.BadRequest)
            answer.EnsureSuccessStatusCode();
        return answer.IsSuccessStatusCode;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private HttpClient Of(ApiClient client)
    {
        if (_clients.TryGetValue(client.Number, out var http))
            return http;

        var handler = new SocketsHttpHandler { UseProxy = !target.CryptoApi.IsLoopback };
        if (target.CryptoApi.IsLoopback)
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, AddressOf(client.Number), cancellationToken);
        http = new HttpClient(handler) { BaseAddress = target.CryptoApi, Timeout = TimeSpan.FromSeconds(30) };
        if (target.ApiKey is { } apiKey)
            http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        _clients.Add(client.Number, http);
        return http;
    }

    private static IPAddress AddressOf(int number) => new([127, 0, 1, (byte)number]);

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint to, IPAddress from, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(new IPEndPoint(IPAddress.Loopback, to.Port), from, cancellationToken);
        }
        catch (SocketException)
        {
            // No such address here, or the application listens on another one: then as everybody does.
            var stream = await OpenAsync(to, null, cancellationToken);
            ShareAnAddress = true;
            return stream;
        }
    }

    private static async Task<Stream> OpenAsync(EndPoint to, IPAddress? from, CancellationToken cancellationToken)
    {
        var socket = from is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        try
        {
            if (from is not null)
                socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
