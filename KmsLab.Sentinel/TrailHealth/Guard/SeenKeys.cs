using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>
/// Keys that records named and nobody has asked about yet, and the Regions that records came from: there may be keys with a protected set's tag, though the
/// record of their making was never seen. Keys are kept in memory: the survey at the next start asks for all keys of all these Regions.
/// </summary>
internal sealed class SeenKeys(ProtectedSets sets) : ITurnPart
{
    private const int Limit = 100_000;

    /// <summary>More than AWS has: whoever forges records can't make Sentinel ask for ever.</summary>
    private const int MostRegions = 60;

    private const string Kind = "region";

    private readonly bool _isNeeded = sets.All.Any(set => !string.IsNullOrWhiteSpace(set.Tag));
    private readonly HashSet<string> _known = [];
    private readonly List<string> _new = [];
    private readonly HashSet<string> _regions = [];
    private readonly List<string> _newRegions = [];
    private string? _region;

    public bool HasChanges => _newRegions.Count > 0;

    /// <summary>All Regions that records came from.</summary>
    public IReadOnlyCollection<string> Regions => _regions;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken) => _regions.UnionWith(await connection.QueryAsync<string>(
        new CommandDefinition($"SELECT name FROM learned_name WHERE kind = '{Kind}'", cancellationToken: cancellationToken)));

    public void Study(Observation observation)
    {
        if (!_isNeeded)
            return;

        // Most records come from the Region of the one before.
        if (observation.Record.Region is { Length: > 0 } region && region != _region && observation.Succeeded)
        {
            _region = region;
            if (_regions.Count < MostRegions && _regions.Add(region))
                _newRegions.Add(region);
        }

        if (observation is not { IsKms: true, Succeeded: true })
            return;

        foreach (var key in observation.Record.KeyArns.Where(key => _known.Count < Limit && _known.Add(key)))
            _new.Add(key);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "learned_name (kind, name, value, at)", "ON CONFLICT DO NOTHING", _newRegions.Select(region => new object[] { Kind, region, "", 0L }), cancellationToken);
        _newRegions.Clear();
    }

    /// <summary>These need not be asked about when they come.</summary>
    public void Know(IEnumerable<string> keys) => _known.UnionWith(keys);

    /// <summary>Those that came up since the last time this was asked.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = _new.ToArray();
        _new.Clear();
        return taken;
    }
}
