using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Who has used which protected set, by stable principal: roles, not their sessions or access keys.</summary>
/// <remarks>
/// A use is a cryptographic call that succeeded: who is refused has not become known by it. First times are the earliest event times seen, so a late
/// record makes nobody look newer. Roles that the set's configuration names are known, and whoever may do without
/// attestation.
/// </remarks>
internal sealed class KnownPrincipals(BaselineOptions options) : ITurnPart
{
    /// <summary>How long a new principal stays new: what it did on its first day is evidence.</summary>
    private static readonly TimeSpan Newness = TimeSpan.FromDays(1);

    private readonly Dictionary<(string Set, string Principal), DateTimeOffset> _firstUse = [];
    private readonly Dictionary<string, DateTimeOffset> _began = [];
    private readonly HashSet<(string Set, string Principal)> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Set, string Principal, long First)>(
            new CommandDefinition("SELECT set_name, principal, first_at FROM set_principal", cancellationToken: cancellationToken));
        foreach (var (set, principal, first) in rows)
            Note(set, principal, DateTimeOffset.FromUnixTimeMilliseconds(first));
    }

    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Succeeded: true, Set: { } set } || !CryptographicOperations.Contains(observation.Record.EventName))
            return;

        var at = observation.Record.EventTime;
        if (Note(set.Name, observation.Principal, at))
            _changed.Add((set.Name, observation.Principal));

        // Differences, for a record may say that it is of the year 9999.
        var began = _began[set.Name];
        var first = _firstUse.GetValueOrDefault((set.Name, observation.Principal), at);
        var (elapsed, learning) = (at - began, options.LearningPeriod);
        observation.Use = new(
            IsLearning: elapsed - at.UtcDateTime.TimeOfDay + TimeSpan.FromDays(1) <= learning,
            IsNew: first - began >= learning && at - first < Newness && !set.Roles.Contains(observation.Principal) && !Principals.IsAmong(observation.Principal, set.UnattestedPrincipals));
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "set_principal (set_name, principal, first_at)", "ON CONFLICT (set_name, principal) DO UPDATE SET first_at = excluded.first_at",
            _changed.Select(key => new object[] { key.Set, key.Principal, _firstUse[key].ToUnixTimeMilliseconds() }), cancellationToken);
        _changed.Clear();
    }

    /// <returns>Whether this is earlier than anything known of the principal. Beyond the limit nobody is remembered, and so stays new.</returns>
    private bool Note(string set, string principal, DateTimeOffset at)
    {
        var isKnown = _firstUse.TryGetValue((set, principal), out var first);
        if (isKnown ? first <= at : _firstUse.Count >= options.MaxGroups)
            return false;

        _firstUse[(set, principal)] = at;
        if (!_began.TryGetValue(set, out var began) || at < began)
            _began[set] = at;
        return true;
    }
}
