using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>
/// Keys that records named and nobody has asked about yet: one of them may carry a protected set's tag, though the record of its making was never seen.
/// Kept in memory: the survey at the next start asks for all keys.
/// </summary>
internal sealed class SeenKeys(ProtectedSets sets) : ITurnPart
{
    private const int Limit = 100_000;

    private readonly bool _isNeeded = sets.All.Any(set => !string.IsNullOrWhiteSpace(set.Tag));
    private readonly HashSet<string> _known = [];
    private readonly List<string> _new = [];

    public void Study(Observation observation)
    {
        if (!_isNeeded || observation is not { IsKms: true, Succeeded: true })
            return;

        foreach (var key in observation.Record.KeyArns.Where(key => _known.Count < Limit && _known.Add(key)))
            _new.Add(key);
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
