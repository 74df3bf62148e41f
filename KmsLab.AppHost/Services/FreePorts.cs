using System.Net;
using System.Net.Sockets;

namespace KmsLab.AppHost.Services;

/// <summary>Looks at this machine's loopback ports.</summary>
internal static class FreePorts
{
    /// <summary>A port that is free now.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Makes sure that a program can listen at an address: later nobody could say so in one line.</summary>
    /// <param name="what">Who will listen there.</param>
    /// <param name="url">The address; port 0 stands for any.</param>
    /// <param name="option">The option that chooses another.</param>
    /// <exception cref="LabException">The port is taken.</exception>
    public static void Check(string what, Uri url, string option)
    {
        if (url.Port != 0 && !(IsFree(IPAddress.Loopback, url.Port) && IsFree(IPAddress.IPv6Loopback, url.Port)))
        {
            throw new LabException($"{what} can't listen on {url.GetLeftPart(UriPartial.Authority)}: the port is taken. "
                + $"Stop the program that uses it, or choose another with --{option}=http://localhost:PORT.");
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported; // No IPv6 here.
        }
    }
}
