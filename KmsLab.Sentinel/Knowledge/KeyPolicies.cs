using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>
/// The policy and grants that each key had last, and how a change exposes it. Changes come as records (PutKeyPolicy, CreateGrant, ...) and as readings
/// of KMS itself (<see cref="Learn"/>), which find what no record told: drift.
/// </summary>
/// <remarks>
/// A reading is often faster than the record of the same change. The policy before it is kept, so that the record, when it comes, is still compared with
/// what it changed, and says who it was.
/// </remarks>
internal sealed class KeyPolicies(ProtectedKeys protectedKeys, RoleIds roleIds) : ITurnPart
{
    private readonly Dictionary<string, KnownPolicy> _known = [];
    private readonly HashSet<string> _changed = [];
    private readonly List<Finding> _findings = [];

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Key, string Policy, string Grants, string Previous, long At)>(
            new CommandDefinition("SELECT key_arn, policy, grants, previous, seen_at FROM key_policy", cancellationToken: cancellationToken));
        foreach (var (key, policy, grants, previous, at) in rows)
        {
            _known[key] = new(
                NullIfEmpty(policy), JsonSerializer.Deserialize(grants, KnowledgeJson.Default.IReadOnlyListKeyGrant)!, NullIfEmpty(previous), DateTimeOffset.FromUnixTimeMilliseconds(at));
        }
    }

    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Record.KeyArns: [var key, ..] })
            return;
        if (observation.Record.EventName is "TagResource" or "UntagResource")
            observation.DecidingTags = DecidingTags(key);
        if (!observation.Succeeded)
            return;

        observation.Losses = LossesBy(key, observation);
        observation.Exposures = observation.Record.EventName switch
        {
            "CreateKey" => OnPolicy(key, null, observation.Parameter("policy") ?? DefaultPolicy(key), observation.Record.EventTime),
            // Where nobody knows the policy before, KMS's default stands for it: whoever is named now counts as new.
            "PutKeyPolicy" when observation.Parameter("policy") is { } policy => OnPolicy(key, DefaultPolicy(key), policy, observation.Record.EventTime),
            "PutKeyPolicy" => [new(ExposureKind.Unreadable, "", [])],
            "ReplicateKey" => OnReplica(key, observation),
            "CreateGrant" => OnGrant(key, observation),
            _ => [],
        };
        if (observation.Record.EventName is "RevokeGrant" or "RetireGrant" && GrantIdOf(observation) is { } grantId)
            Forget(key, grantId);
    }

    /// <summary>Takes in what KMS answered; what it exposes more than was known is drift, and a finding of <c>key-exposure</c>.</summary>
    public void Learn(KeyReading reading)
    {
        var known = _known.GetValueOrDefault(reading.KeyArn);
        if (known is not null && (reading.At < known.SeenAt || known.Policy == reading.Policy && known.Grants.SequenceEqual(reading.Grants, GrantComparer.Instance)))
            return;

        var before = known?.AccessOf(reading.KeyArn);
        var after = PolicyExposure.ReadOrEmpty(reading.Policy, reading.KeyArn, reading.Grants);
        var exposures = PolicyExposure.Compare(before, after, OwnerOf(reading.KeyArn));
        _findings.AddRange(Reportable(reading.KeyArn, exposures)
            .Select(exposure => new Finding(KeyExposure.Id, KeyExposure.GroupOf(reading.KeyArn), reading.At, "GetKeyPolicy", exposure.ToString(), reading.KeyArn)));
        if (before is not null && protectedKeys.SetOf(reading.KeyArn) is { } set)
        {
            _findings.AddRange(PolicyLoss.Compare(before, after, CallsOf(set, reading.At), DeployersOf(set, reading.At))
                .Select(loss => new Finding(AccessLost.Id, KeyExposure.GroupOf(reading.KeyArn), reading.At, "GetKeyPolicy", loss.ToString(), reading.KeyArn)));
        }

        Put(reading.KeyArn, new(reading.Policy, reading.Grants, known?.Policy == reading.Policy ? known.Previous : known?.Policy, reading.At));
    }

    public IEnumerable<Finding> Findings()
    {
        Finding[] findings = [.. _findings];
        _findings.Clear();
        return findings;
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction,
            "key_policy (key_arn, policy, grants, previous, seen_at)",
            "ON CONFLICT (key_arn) DO UPDATE SET policy = excluded.policy, grants = excluded.grants, previous = excluded.previous, seen_at = excluded.seen_at",
            _changed.Select(key => (Key: key, Known: _known[key])).Select(row => new object[]
            {
                row.Key, row.Known.Policy ?? "", JsonSerializer.Serialize(row.Known.Grants, KnowledgeJson.Default.IReadOnlyListKeyGrant), row.Known.Previous ?? "",
                row.Known.SeenAt.ToUnixTimeMilliseconds(),
            }),
            cancellationToken);
        _changed.Clear();
    }

    /// <summary>Everyone is too many for any key; whom else a key lets in is remarkable for those that are guarded, unless it is the application itself.</summary>
    private IEnumerable<Exposure> Reportable(string keyArn, IReadOnlyList<Exposure> exposures) => exposures.Where(exposure =>
        exposure.Kind == ExposureKind.Everyone || protectedKeys.SetOf(keyArn) is { } set && !(exposure.Kind == ExposureKind.NewReader && set.Roles.Contains(exposure.Who)));

    /// <summary>https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html</summary>
    private static string DefaultPolicy(string key) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{Audience.AccountOfArn(key)}}:root"},"Action":"kms:*","Resource":"*"}]}""";

    /// <summary>The policy that a record's one replaced: a reading may have told of the change before its record comes.</summary>
    private static string? Before(KnownPolicy? known, string policy, DateTimeOffset at) =>
        known is { SeenAt: var seen } && seen > at && known.Policy == policy ? known.Previous : known?.Policy;

    private IReadOnlyList<Exposure> OnPolicy(string key, string? unknown, string policy, DateTimeOffset at)
    {
        var known = _known.GetValueOrDefault(key);
        var before = Before(known, policy, at);
        var exposures = PolicyExposure.Compare(before ?? unknown, policy, OwnerOf(key));
        if (known is null || at >= known.SeenAt)
            Put(key, new(policy, known?.Grants ?? [], known?.Policy == policy ? known.Previous : known?.Policy, at));
        return [.. Reportable(key, exposures)];
    }

    /// <summary>https://docs.aws.amazon.com/kms/latest/developerguide/abac.html</summary>
    private List<string> DecidingTags(string key)
    {
        const string Condition = "aws:resourcetag/";
        return _known.GetValueOrDefault(key) is { Policy: { } policy }
            ? [.. PolicyExposure.ReadOrEmpty(policy, key).Policy.Statements.SelectMany(statement => statement.Conditions)
                .Where(condition => condition.Key.StartsWith(Condition, StringComparison.Ordinal)).Select(condition => condition.Key[Condition.Length..])]
            : [];
    }

    /// <summary>What a change takes away from the application and the administrators, as far as what was before is known.</summary>
    private IReadOnlyList<Loss> LossesBy(string key, Observation observation)
    {
        if (protectedKeys.SetOf(key) is not { } set)
            return [];

        var known = _known.GetValueOrDefault(key);
        switch (observation.Record.EventName)
        {
            case "PutKeyPolicy" when observation.Parameter("policy") is { } policy:
                var before = Before(known, policy, observation.Record.EventTime);
                var grants = known?.Grants ?? [];
                return PolicyLoss.Compare(
                    PolicyExposure.ReadOrEmpty(before ?? DefaultPolicy(key), key, grants), PolicyExposure.ReadOrEmpty(policy, key, grants), CallsOf(set, observation.Record.EventTime), DeployersOf(set, observation.Record.EventTime));
            case "RevokeGrant" or "RetireGrant" when known is not null && GrantIdOf(observation) is { } id:
                var policyNow = known.Policy ?? DefaultPolicy(key);
                return PolicyLoss.Compare(
                    PolicyExposure.ReadOrEmpty(policyNow, key, known.Grants), PolicyExposure.ReadOrEmpty(policyNow, key, known.Grants.Where(grant => grant.Id != id)),
                    CallsOf(set, observation.Record.EventTime), DeployersOf(set, observation.Record.EventTime));
            default:
                return [];
        }
    }

    private IReadOnlyList<ApplicationCall> CallsOf(ProtectedSet set, DateTimeOffset at) =>
        [.. set.Roles.Select(role => new ApplicationCall(role, set.VpcEndpoints, set.Addresses, at) { RoleId = roleIds.Of(role) })];

    private static IReadOnlyList<ApplicationCall> DeployersOf(ProtectedSet set, DateTimeOffset at) =>
        [.. set.Deployers.Select(deployer => new ApplicationCall(deployer, [], [], at))];

    /// <summary>The grant that a call ends; one that is retired by its token is named beside the parameters.</summary>
    private static string? GrantIdOf(Observation observation) =>
        observation.Parameter("grantId") ?? Observation.Text(Observation.Member(observation.AdditionalData, "grantId"));

    /// <summary>A replica has the same material and a policy of its own; without one, KMS's default lets the key's own account decide.</summary>
    private IReadOnlyList<Exposure> OnReplica(string key, Observation observation)
    {
        var policy = observation.Parameter("policy") ?? Observation.Text(Observation.Member(observation.Response, "replicaPolicy"));
        var replica = Observation.Text(Observation.Member(Observation.Member(observation.Response, "replicaKeyMetadata"), "arn"));
        // What is kept is what the replica begins with: the next change of its policy is compared with that.
        if (replica is not null && (_known.GetValueOrDefault(replica) is not { } known || known.SeenAt <= observation.Record.EventTime))
            Put(replica, new(policy ?? DefaultPolicy(replica), [], null, observation.Record.EventTime));
        return policy is null ? [] : [.. Reportable(key, PolicyExposure.Compare(_known.GetValueOrDefault(key)?.Policy, policy, OwnerOf(key)))];
    }

    private IReadOnlyList<Exposure> OnGrant(string key, Observation observation)
    {
        var grant = new KeyGrant(
            Observation.Text(Observation.Member(observation.Response, "grantId")) ?? observation.Record.EventId,
            observation.Parameter("granteePrincipal") ?? observation.Parameter("granteeServicePrincipal") ?? "unknown",
            [.. PolicyJson.Texts(Observation.Member(observation.Parameters, "operations"))],
            ContextOf(observation, "encryptionContextEquals") ?? ContextOf(observation, "encryptionContextSubset"),
            IsExact: ContextOf(observation, "encryptionContextEquals") is not null);
        var known = _known.GetValueOrDefault(key);
        // A grant is a change even where the policy is not known: it was not there before the call that made it.
        var before = known?.AccessOf(key) ?? new KeyAccess(PolicyDocument.Empty, known?.Grants ?? [], key);
        var after = new KeyAccess(before.Policy, [.. known?.Grants ?? [], grant], key);
        if (known is null || known.Grants.All(other => other.Id != grant.Id))
            Put(key, new(known?.Policy, [.. known?.Grants ?? [], grant], known?.Previous, known?.SeenAt ?? observation.Record.EventTime));
        return IsListedService(observation, grant) ? [] : [.. Reportable(key, PolicyExposure.Compare(before, after, OwnerOf(key)))];
    }

    private static Dictionary<string, string>? ContextOf(Observation observation, string kind) =>
        Observation.Member(Observation.Member(observation.Parameters, "constraints"), kind) is { ValueKind: JsonValueKind.Object } pairs
            ? pairs.EnumerateObject().ToDictionary(pair => pair.Name, pair => PolicyJson.Text(pair.Value) ?? "")
            : null;

    /// <summary>Services make grants to themselves all day; those on the set's list may.</summary>
    private static bool IsListedService(Observation observation, KeyGrant grant) => observation.Set is { } set
        && (set.Services.Contains(grant.Grantee) || observation.Record.Identity.InvokedBy is { } service && set.Services.Contains(service));

    private void Forget(string key, string grantId)
    {
        if (_known.GetValueOrDefault(key) is { } known && known.Grants.Any(grant => grant.Id == grantId))
            Put(key, known with { Grants = [.. known.Grants.Where(grant => grant.Id != grantId)] });
    }

    private void Put(string key, KnownPolicy policy)
    {
        _known[key] = policy;
        _changed.Add(key);
    }

    private KeyOwner OwnerOf(string key) => KeyOwner.Of(key, protectedKeys.SetOf(key)?.TrustedAccounts ?? []);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    /// <param name="Policy">The policy; null when only grants are known.</param>
    /// <param name="Grants">The grants.</param>
    /// <param name="Previous">The policy before; null when nobody knows.</param>
    /// <param name="SeenAt">When the policy was put or read.</param>
    private sealed record KnownPolicy(string? Policy, IReadOnlyList<KeyGrant> Grants, string? Previous, DateTimeOffset SeenAt)
    {
        public KeyAccess? AccessOf(string keyArn) => Policy is null ? null : PolicyExposure.ReadOrEmpty(Policy, keyArn, Grants);
    }

    private sealed class GrantComparer : IEqualityComparer<KeyGrant>
    {
        public static GrantComparer Instance { get; } = new();

        public bool Equals(KeyGrant? x, KeyGrant? y) => x?.Id == y?.Id && x?.Grantee == y?.Grantee && x?.IsExact == y?.IsExact && x?.Constraints?.Count == y?.Constraints?.Count;

        public int GetHashCode(KeyGrant grant) => grant.Id.GetHashCode(StringComparison.Ordinal);
    }
}
