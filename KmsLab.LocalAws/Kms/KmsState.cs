using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>Every keyring, loaded from the state file at start.</summary>
internal sealed class KmsState
{
    public static readonly Documents<KmsKey> Keys = new("kms.key", KmsStateJson.Default.KmsKey);
    public static readonly Documents<KmsAlias> Aliases = new("kms.alias", KmsStateJson.Default.KmsAlias);
    public static readonly Documents<KmsGrant> Grants = new("kms.grant", KmsStateJson.Default.KmsGrant);

    // One for all rings: a change to a multi-Region key touches several.
    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<RegionScope, Keyring> _rings = new();

    public KmsState(StateStore store) => store.Read(connection =>
    {
        foreach (var (scope, key) in Keys.Load(connection))
            Ring(scope).Keys[key.Id] = key;
        foreach (var (scope, alias) in Aliases.Load(connection))
            Ring(scope).Aliases[alias.Name] = alias;
        foreach (var (scope, grant) in Grants.Load(connection))
            Ring(scope).Grants[grant.Id] = grant;
        return 0;
    });

    public IEnumerable<Keyring> Rings => _rings.Values;

    public Keyring Ring(RegionScope scope) => _rings.GetOrAdd(scope, static (s, changes) => new(s, changes), _changes);

    /// <summary>A key and, where it is a multi-Region key, those that share its id in other Regions; the primary first.</summary>
    public List<KmsKey> Related(KmsKey key)
    {
        if (!key.IsMultiRegion)
            return [key];
        return [.. _rings.Values
            .Where(ring => ring.Scope.Account == key.Account)
            .Select(ring => ring.Keys.GetValueOrDefault(key.Id))
            .OfType<KmsKey>()
            .OrderBy(related => related.IsReplica)
            .ThenBy(related => related.Region, StringComparer.Ordinal)];
    }
}

[JsonSerializable(typeof(KmsKey))]
[JsonSerializable(typeof(KmsAlias))]
[JsonSerializable(typeof(KmsGrant))]
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
internal sealed partial class KmsStateJson : JsonSerializerContext;
