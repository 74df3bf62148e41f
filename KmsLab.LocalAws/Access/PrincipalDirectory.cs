using System.Collections.Concurrent;
using System.Security.Cryptography;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Access;

/// <summary>Finds who is behind an access key: configured principals, sessions that AssumeRole opened, and IAM users named after unknown keys.</summary>
internal sealed class PrincipalDirectory
{
    private const int MaxUnknown = 10_000;
    private const string SessionKeyPrefix = "ASIA";

    private static readonly Documents<RoleSession> Stored = new("sts.session", AccessJson.Default.RoleSession);

    private readonly ConcurrentDictionary<string, Principal> _configured = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Principal Principal, DateTimeOffset Expires)> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string AccessKeyId, string Partition), Principal> _unknown = new();
    private readonly string _account;
    private readonly RegionScope _scope; // sessions belong to no Region
    private readonly TimeProvider _time;

    public PrincipalDirectory(IOptions<LocalAwsOptions> options, StateStore store, TimeProvider time)
    {
        _account = options.Value.AccountId;
        _scope = new(_account, "");
        _time = time;
        Anonymous = Unknown(Principal.AnonymousKeyId, Partitions.Of(options.Value.Region));
        foreach (var principal in options.Value.Principals)
            _configured[principal.AccessKeyId] = Principal.FromArn(principal.AccessKeyId, principal.Arn, time.GetUtcNow());
        foreach (var (_, session) in store.Read(Stored.Load))
            _sessions[session.AccessKeyId] = (session.ToPrincipal(), session.Expires);
    }

    /// <summary>Who calls an operation that needs no credentials.</summary>
    public Principal Anonymous { get; }

    /// <summary>The principal behind a key.</summary>
    /// <param name="accessKeyId">The key.</param>
    /// <param name="region">The Region that it signs for, which tells the partition of a key that nobody knows.</param>
    /// <exception cref="AwsException">ExpiredTokenException: the session of the key is over.</exception>
    public Principal Find(string accessKeyId, string region)
    {
        var partition = Partitions.Of(region);
        if (_configured.TryGetValue(accessKeyId, out var principal) || _unknown.TryGetValue((accessKeyId, partition), out principal))
            return principal;
        if (_sessions.TryGetValue(accessKeyId, out var session))
            return session.Expires > _time.GetUtcNow() ? session.Principal : throw Expired();

        principal = Unknown(accessKeyId, partition);
        if (_unknown.Count < MaxUnknown)
            _unknown.TryAdd((accessKeyId, partition), principal);
        return principal;
    }

    /// <summary>The account that a key belongs to: that of its principal, also of a session that is over.</summary>
    public string AccountOf(string accessKeyId) =>
        _configured.TryGetValue(accessKeyId, out var principal) ? principal.Account
        : _sessions.TryGetValue(accessKeyId, out var session) ? session.Principal.Account
        : _account;

    /// <summary>Opens a session of a role, or of a user where it has no name.</summary>
    /// <exception cref="FormatException">The ARN is not a role's.</exception>
    public (RoleSession Session, Principal Principal) Open(AwsCall call, string roleArn, string sessionName, TimeSpan duration, bool hasMfa)
    {
        var accessKeyId = SessionKeyPrefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        return Adopt(call, new RoleSession(accessKeyId, roleArn, sessionName, call.Time, call.Time + duration, hasMfa));
    }

    /// <summary>Takes over a session of a role that somebody else opened.</summary>
    /// <exception cref="FormatException">The ARN is not a role's.</exception>
    public (RoleSession Session, Principal Principal) Adopt(AwsCall call, RoleSession session)
    {
        RemoveExpired(call);
        var principal = session.ToPrincipal();
        _sessions[session.AccessKeyId] = (principal, session.Expires);
        call.Write(writer => Stored.Put(writer, _scope, session.AccessKeyId, session));
        return (session, principal);
    }

    // A day more than they last, so that for a while they are told that they are over.
    private void RemoveExpired(AwsCall call)
    {
        foreach (var (accessKeyId, session) in _sessions)
        {
            if (session.Expires.AddDays(1) < call.Time && _sessions.TryRemove(accessKeyId, out _))
                call.Write(writer => Stored.Remove(writer, _scope, accessKeyId));
        }
    }

    private static AwsException Expired() => new("ExpiredTokenException", "The security token included in the request is expired") { QueryCode = "ExpiredToken" };

    private Principal Unknown(string accessKeyId, string partition) =>
        Principal.FromArn(accessKeyId, $"arn:{partition}:iam::{_account}:user/{accessKeyId}", DateTimeOffset.UnixEpoch);
}
