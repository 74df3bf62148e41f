using System.Net;

namespace KmsLab.Simulator.Live;

/// <summary>A developer's HTTP_PROXY must not swallow the calls to an endpoint on the same machine.</summary>
internal sealed class NoProxy : IWebProxy
{
    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => null;

    public bool IsBypassed(Uri host) => true;
}
