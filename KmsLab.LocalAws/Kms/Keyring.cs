using System.Collections.Concurrent;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>The keys, aliases and grants of one account in one Region, in memory; every change goes to the state file in the same order.</summary>
/// <remarks>Reads take no lock. Changes are made inside <see cref="Change"/>.</remarks>
internal sealed class Keyring(RegionScope scope, Lock changes)
{
    public RegionScope Scope { get; } = scope;

    public ConcurrentDictionary<string, KmsKey> Keys { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, KmsAlias> Aliases { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, KmsGrant> Grants { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs a change under the lock of all rings, which orders memory and file alike.</summary>
    public T Change<T>(Func<T> change)
    {
        lock (changes)
            return change();
    }

    public void Change(Action change)
    {
        lock (changes)
            change();
    }

    public string AliasArn(string name) => Scope.Arn("kms", name);

    public string KeyArn(string id) => Scope.Arn("kms", $"key/{id}");

    /// <summary>Puts a changed or new key into memory and file. Inside <see cref="Change"/> only.</summary>
    public void Save(AwsCall call, KmsKey key)
    {
        Keys[key.Id] = key;
        call.Write(session => KmsState.Keys.Put(session, Scope, key.Id, key));
    }

    /// <summary>The same, for what happens by itself.</summary>
    public Task Save(StateStore store, KmsKey key)
    {
        Keys[key.Id] = key;
        return store.Enqueue(session => KmsState.Keys.Put(session, Scope, key.Id, key));
    }

    public void Save(AwsCall call, KmsAlias alias)
    {
        Aliases[alias.Name] = alias;
        call.Write(session => KmsState.Aliases.Put(session, Scope, alias.Name, alias));
    }

    public void Save(AwsCall call, KmsGrant grant)
    {
        Grants[grant.Id] = grant;
        call.Write(session => KmsState.Grants.Put(session, Scope, grant.Id, grant));
    }

    public void RemoveAlias(AwsCall call, string name)
    {
        Aliases.TryRemove(name, out _);
        call.Write(session => KmsState.Aliases.Remove(session, Scope, name));
    }

    public void RemoveGrant(AwsCall call, string id)
    {
        Grants.TryRemove(id, out _);
        call.Write(session => KmsState.Grants.Remove(session, Scope, id));
    }

    /// <summary>Removes a key whose time has come, with its aliases and grants.</summary>
    /// <returns>The task of the write.</returns>
    public Task Delete(StateStore store, KmsKey key)
    {
        Keys.TryRemove(key.Id, out _);
        var aliases = Aliases.Values.Where(alias => alias.KeyId == key.Id).ToList();
        var grants = Grants.Values.Where(grant => grant.KeyId == key.Id).ToList();
        aliases.ForEach(alias => Aliases.TryRemove(alias.Name, out _));
        grants.ForEach(grant => Grants.TryRemove(grant.Id, out _));
        return store.Enqueue(session =>
        {
            KmsState.Keys.Remove(session, Scope, key.Id);
            aliases.ForEach(alias => KmsState.Aliases.Remove(session, Scope, alias.Name));
            grants.ForEach(grant => KmsState.Grants.Remove(session, Scope, grant.Id));
        });
    }
}
