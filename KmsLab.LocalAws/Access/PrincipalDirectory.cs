using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Access;

/// <summary>Finds who is behind an access key: configured principals, sessions that AssumeRole opened, and IAM users named after unknown keys.</summary>
internal sealed class PrincipalDirectory
{
    private const int MaxUnknown = 10_000;

    private readonly ConcurrentDictionary<string, Principal> _configured = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Principal> _unknown = new(StringComparer.Ordinal);
    private readonly string _account;

    public PrincipalDirectory(IOptions<LocalAwsOptions> options, TimeProvider time)
    {
        _account = options.Value.AccountId;
        Anonymous = Unknown("anonymous");
        foreach (var principal in options.Value.Principals)
            _configured[principal.AccessKeyId] = Principal.FromArn(principal.AccessKeyId, principal.Arn, time.GetUtcNow());
    }

    /// <summary>Who calls an operation that needs no credentials.</summary>
    public Principal Anonymous { get; }

    public Principal Find(string accessKeyId)
    {
        if (_configured.TryGetValue(accessKeyId, out var principal) || _unknown.TryGetValue(accessKeyId, out principal))
            return principal;

        principal = Unknown(accessKeyId);
        if (_unknown.Count < MaxUnknown)
            _unknown.TryAdd(accessKeyId, principal);
        return principal;
    }

    private Principal Unknown(string accessKeyId) =>
        Principal.FromArn(accessKeyId, $"arn:aws:iam::{_account}:user/{accessKeyId}", DateTimeOffset.UnixEpoch);
}
