using System.Net;
using Microsoft.Extensions.Configuration;

namespace KmsLab.ServiceDefaults;

/// <summary>Finds an address to listen on that other machines could reach: the lab's own tools listen on loopback only.</summary>
public static class ListenGuard
{
    /// <summary>The first such address; null when all are loopback.</summary>
    public static string? FirstOpen(IConfiguration configuration) =>
        Addresses(configuration).FirstOrDefault(address => !IsLoopback(address));

    private static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        const StringSplitOptions clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var url in (configuration["urls"] ?? "").Split(';', clean))
            yield return url;

        // Ports alone mean every interface; they count only where no address is given.
        if (string.IsNullOrEmpty(configuration["urls"]))
        {
            foreach (var key in (string[])["http_ports", "https_ports"])
            {
                if (configuration[key] is { Length: > 0 } ports)
                    yield return $"http://*:{ports}";
            }
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (endpoint["Url"] is { Length: > 0 } url)
                yield return url;
        }
    }

    private static bool IsLoopback(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return false; // http://*:80 and http://+:80 are no URIs
        return uri.Scheme == "unix" || uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}
