using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>
/// Which set a key belongs to: by configuration, or because it was once seen with the set's tag. A key that is in stays in, for taking the tag away
/// would be the first thing that an attacker does; it leaves when its set leaves the configuration.
/// </summary>
internal sealed class ProtectedKeys(ProtectedSets sets) : ITurnPart
{
    private readonly Dictionary<string, ProtectedSet> _byFamily = sets.All.SelectMany(set => set.Keys, (set, key) => (set, Family: KeyFamily.Of(key)))
        .DistinctBy(pair => pair.Family).ToDictionary(pair => pair.Family, pair => pair.set);

    private readonly HashSet<string> _keys = [.. sets.All.SelectMany(set => set.Keys)];
    private readonly List<(string Set, string Key)> _new = [];

    public bool HasChanges => _new.Count > 0;

    /// <summary>The ARNs of all keys that are known to be protected.</summary>
    public IReadOnlyCollection<string> All => _keys;

    /// <summary>The set of a key, whichever of its family's Regions the ARN names.</summary>
    public ProtectedSet? SetOf(string keyArn) => _byFamily.GetValueOrDefault(KeyFamily.Of(keyArn));

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Set, string Key)>(
            new CommandDefinition("SELECT set_name, key_arn FROM protected_key", cancellationToken: cancellationToken));
        foreach (var (name, key) in rows)
        {
            if (sets.All.FirstOrDefault(set => set.Name == name) is { } set && _keys.Add(key))
                _byFamily.TryAdd(KeyFamily.Of(key), set);
        }
    }

    public void Study(Observation observation)
    {
        if (observation is { IsKms: true, Succeeded: true } && observation.Record.EventName is "CreateKey" or "TagResource" or "ReplicateKey")
            Learn(observation.Record, Observation.Member(observation.Parameters, "tags"));

        foreach (var key in observation.Record.KeyArns)
            observation.Set ??= SetOf(key);
        if (observation is { IsKms: true, Record.KeyArns.Count: 0 } && Attempt.RefusedArn(observation, ":key/") is { } refused)
            (observation.RefusedKey, observation.Set) = (refused, SetOf(refused));
    }

    /// <summary>A key was seen with these tags.</summary>
    public void Learn(string keyArn, string tagKey, string tagValue)
    {
        if (sets.All.FirstOrDefault(set => set.Tag == $"{tagKey}={tagValue}") is { } set && _keys.Add(keyArn))
        {
            _byFamily.TryAdd(KeyFamily.Of(keyArn), set);
            _new.Add((set.Name, keyArn));
        }
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(transaction, "protected_key (set_name, key_arn)", "ON CONFLICT DO NOTHING", _new.Select(key => new object[] { key.Set, key.Key }), cancellationToken);
        _new.Clear();
    }

    private void Learn(CloudTrailRecord record, JsonElement tags)
    {
        if (tags.ValueKind != JsonValueKind.Array)
            return;

        foreach (var tag in tags.EnumerateArray())
        {
            if (Observation.Member(tag, "tagKey") is { ValueKind: JsonValueKind.String } key && Observation.Member(tag, "tagValue") is { ValueKind: JsonValueKind.String } value)
            {
                foreach (var arn in record.KeyArns)
                    Learn(arn, key.GetString()!, value.GetString()!);
            }
        }
    }
}
