using System.Net;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Wire;

/// <summary>Makes the <see cref="AwsCall"/> of a request: who calls, from where, when.</summary>
internal sealed class CallFactory(PrincipalDirectory principals, Denials denials, Trails trails, StateStore store, IOptions<LocalAwsOptions> options)
{
    private const string SourceIpHeader = "x-localaws-source-ip";
    private const string InvokedByHeader = "x-localaws-invoked-by";
    private const int MaxHeader = 64;

    private readonly LocalAwsOptions _options = options.Value;

    public AwsCall Create(HttpContext http, Credential? credential, AwsService service, Operation operation, string requestId, DateTimeOffset time)
    {
        var (caller, sourceIp, userAgent) = OriginOf(http, credential);
        return new(store, denials)
        {
            RequestId = requestId,
            Account = caller.Account,
            Region = credential?.Region ?? _options.Region,
            Time = time,
            Caller = caller,
            UserAgent = userAgent,
            SourceIp = sourceIp,
            Host = http.Request.Headers.Host is { Count: > 0 } host ? host.ToString() : null,
            Tls = Tls(http),
            TrailsAtStart = trails.Snapshot,
            Service = service,
            Operation = operation,
            Aborted = http.RequestAborted,
        };
    }

    /// <summary>AWS writes a service's name for address and User-Agent, too, when that calls on somebody's behalf.</summary>
    private (Principal Caller, string SourceIp, string? UserAgent) OriginOf(HttpContext http, Credential? credential)
    {
        var caller = credential is { } key ? principals.Find(key.AccessKeyId, key.Region) : principals.Anonymous;
        return Told(http, InvokedByHeader) is { } service
            ? (caller.InvokedBy(service), service, service)
            : (caller, SourceIp(http), http.Request.Headers.UserAgent is { Count: > 0 } userAgent ? userAgent.ToString() : null);
    }

    /// <summary>What a scenario says of a call, where it may.</summary>
    private string? Told(HttpContext http, string header) =>
        _options.TrustSourceIpHeader && http.Request.Headers[header].ToString() is { Length: > 0 and <= MaxHeader } told ? told : null;

    private string SourceIp(HttpContext http)
    {
        if (Told(http, SourceIpHeader) is { } told)
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
