using System.Net;
using System.Net.Sockets;

namespace KmsLab.CryptoApi.Http;

/// <summary>Who calls: the name of an API client, else the address that the request came from.</summary>
internal static class ApiClient
{
    private const int NetworkBytes = 8;

    /// <summary>The caller of a request, such as <c>client:billing</c>, <c>address:203.0.113.7</c> or <c>address:2001:db8::/64</c>.</summary>
    public static string Of(HttpContext http) => http.User.Identity is { IsAuthenticated: true, Name: { } name }
        ? $"client:{name}"
        : $"address:{AddressOf(http.Connection.RemoteIpAddress)}";

    /// <summary>An IPv6 caller has a whole /64 to choose addresses from: it counts as one.</summary>
    public static string AddressOf(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } when !IPAddress.IsLoopback(address) => $"{NetworkOf(address)}/64",
        _ => address.ToString(),
    };

    private static IPAddress NetworkOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new(bytes);
    }
}
