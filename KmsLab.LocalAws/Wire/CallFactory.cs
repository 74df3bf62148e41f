using System.Net;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Wire;

/// <summary>Makes the <see cref="AwsCall"/> of a request: who calls, from where, when.</summary>
internal sealed class CallFactory(PrincipalDirectory principals, Denials denials, Trails trails, StateStore store, IOptions<LocalAwsOptions> options)
{
    private const string SourceIpHeader = "x-localaws-source-ip";

    private readonly LocalAwsOptions _options = options.Value;

    public AwsCall Create(HttpContext http, Credential? credential, AwsService service, Operation operation, string requestId, DateTimeOffset time) => new(store, denials)
    {
        RequestId = requestId,
        Account = _options.AccountId,
        Region = credential?.Region ?? _options.Region,
        Time = time,
        Caller = credential is { } key ? principals.Find(key.AccessKeyId) : principals.Anonymous,
        UserAgent = http.Request.Headers.UserAgent is { Count: > 0 } userAgent ? userAgent.ToString() : null,
        SourceIp = SourceIp(http),
        Host = http.Request.Headers.Host is { Count: > 0 } host ? host.ToString() : null,
        Tls = Tls(http),
        TrailsAtStart = trails.Snapshot,
        Service = service,
        Operation = operation,
    };

    private string SourceIp(HttpContext http)
    {
        if (_options.TrustSourceIpHeader && http.Request.Headers[SourceIpHeader].ToString() is { Length: > 0 and <= 64 } told)
            return told;
        var address = http.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (address.Equals(IPAddress.Loopback))
            return "127.0.0.1";
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static (string, string)? Tls(HttpContext http) =>
        http.Request.IsHttps && http.Features.Get<ITlsHandshakeFeature>() is { } tls
            ? (tls.Protocol.ToString().Replace("Tls1", "TLSv1.", StringComparison.Ordinal).TrimEnd('.'), tls.NegotiatedCipherSuite?.ToString() ?? "")
            : null;
}
