using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Names that people know keys by: aliases and tags, from records and from the survey. The table <c>key_name</c>. For people only: nothing is judged by them.</summary>
internal sealed class KeyNames : ITurnPart
{
    public const string Alias = "alias";
    public const string Tag = "tag";

    private const int Limit = 100_000;
    private const int Longest = 256;

    private readonly Dictionary<(string Key, string Kind, string Name), string> _names = [];
    private readonly Dictionary<(string Key, string Kind, string Name), string?> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (key, kind, name, value) in await KeyNameRows.ReadAsync(connection, cancellationToken))
            _names[(key, kind, name)] = value;
    }

    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Succeeded: true, Record.KeyArns: [.., var key] })
            return;

        switch (observation.Record.EventName)
        {
            case "CreateAlias" or "UpdateAlias" when observation.Parameter("aliasName") is { } alias:
                PointTo(key, alias);
                break;
            case "DeleteAlias" when observation.Parameter("aliasName") is { } alias:
                Remove((key, Alias, alias));
                break;
            case "CreateKey" or "ReplicateKey" or "TagResource":
                LearnTags(key, Observation.Member(observation.Parameters, "tags"));
                break;
            case "UntagResource" when Observation.Member(observation.Parameters, "tagKeys") is { ValueKind: JsonValueKind.Array } tags:
                foreach (var tag in tags.EnumerateArray().Select(Observation.Text).OfType<string>())
                    Remove((key, Tag, tag));
                break;
        }
    }

    /// <summary>The survey has read all aliases of an account in a Region.</summary>
    /// <param name="scope">What their keys' ARNs begin with, such as <c>arn:aws:kms:eu-west-1:111122223333:</c>.</param>
    /// <param name="aliases">Each with its key.</param>
    public void Learn(string scope, IReadOnlyCollection<(string KeyArn, string Alias)> aliases)
    {
        var now = aliases.Select(alias => (alias.KeyArn, Alias, alias.Alias)).ToHashSet();
        foreach (var old in _names.Keys.Where(name => name.Kind == Alias && name.Key.StartsWith(scope, StringComparison.Ordinal) && !now.Contains(name)).ToList())
            Remove(old);
        foreach (var (key, alias) in aliases)
            Put((key, Alias, alias), "");
    }

    /// <summary>The survey has read a tag.</summary>
    public void LearnTag(string keyArn, string name, string value) => Put((keyArn, Tag, name), value);

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "key_name (key_arn, kind, name, value)", "ON CONFLICT (key_arn, kind, name) DO UPDATE SET value = excluded.value",
            _changed.Where(change => change.Value is not null).Select(change => new object[] { change.Key.Key, change.Key.Kind, change.Key.Name, change.Value! }), cancellationToken);
        foreach (var (key, kind, name) in _changed.Where(change => change.Value is null).Select(change => change.Key))
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM key_name WHERE key_arn = @key AND kind = @kind AND name = @name", new { key, kind, name }, transaction, cancellationToken: cancellationToken));
        }
    }

    public void Committed() => _changed.Clear();

    /// <summary>An alias points to one key of its account and Region.</summary>
    private void PointTo(string key, string alias)
    {
        var scope = key[..(key.LastIndexOf(':') + 1)];
        foreach (var old in _names.Keys.Where(name => name.Kind == Alias && name.Name == alias && name.Key != key && name.Key.StartsWith(scope, StringComparison.Ordinal)).ToList())
            Remove(old);
        Put((key, Alias, alias), "");
    }

    private void LearnTags(string key, JsonElement tags)
    {
        if (tags.ValueKind != JsonValueKind.Array)
            return;

        foreach (var tag in tags.EnumerateArray())
        {
            if (Observation.Text(Observation.Member(tag, "tagKey")) is { } name && Observation.Text(Observation.Member(tag, "tagValue")) is { } value)
                Put((key, Tag, name), value);
        }
    }

    private void Put((string Key, string Kind, string Name) name, string value)
    {
        if (name.Name.Length > Longest || value.Length > Longest || (_names.TryGetValue(name, out var known) ? known == value : _names.Count >= Limit))
            return;

        _names[name] = value;
        _changed[name] = value;
    }

    private void Remove((string Key, string Kind, string Name) name)
    {
        if (_names.Remove(name))
            _changed[name] = null;
    }
}

/// <summary>Reads the names of keys.</summary>
internal static class KeyNameRows
{
    public static async Task<IReadOnlyList<(string KeyArn, string Kind, string Name, string Value)>> ReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<(string, string, string, string)>(new CommandDefinition("SELECT key_arn, kind, name, value FROM key_name ORDER BY name", cancellationToken: cancellationToken))];
}
