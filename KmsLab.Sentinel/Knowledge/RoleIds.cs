using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>The unique ids of the application's roles, as their own calls tell them: policies may name a role by its id, and then nobody else knows whom they mean.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids. A role that is made anew has another id: the latest counts.</remarks>
internal sealed class RoleIds(ProtectedSets sets) : ITurnPart
{
    private const string Kind = "role-id";

    private readonly HashSet<string> _roles = [.. sets.All.SelectMany(set => set.Roles)];
    private readonly Dictionary<string, (string Id, DateTimeOffset At)> _ids = [];
    private readonly HashSet<string> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    /// <summary>The id of a role; null when no record told it.</summary>
    public string? Of(string role) => _ids.TryGetValue(role, out var known) ? known.Id : null;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Role, string Id, long At)>(
            new CommandDefinition($"SELECT name, value, at FROM learned_name WHERE kind = '{Kind}'", cancellationToken: cancellationToken));
        foreach (var (role, id, at) in rows)
            _ids[role] = (id, DateTimeOffset.FromUnixTimeMilliseconds(at));
    }

    public void Study(Observation observation)
    {
        if (!observation.Succeeded || !_roles.Contains(observation.Principal) || observation.Record.Identity.PrincipalId is not { } principal)
            return;

        var id = principal.Split(':')[0];
        if (!id.StartsWith("AROA", StringComparison.Ordinal)
            || _ids.TryGetValue(observation.Principal, out var known) && (known.Id == id || known.At >= observation.Record.EventTime))
        {
            return;
        }

        _ids[observation.Principal] = (id, observation.Record.EventTime);
        _changed.Add(observation.Principal);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "learned_name (kind, name, value, at)", "ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value, at = excluded.at",
            _changed.Select(role => new object[] { Kind, role, _ids[role].Id, _ids[role].At.ToUnixTimeMilliseconds() }), cancellationToken);
        _changed.Clear();
    }
}
