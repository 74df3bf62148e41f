using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>Which records the vault holds as the days go by: some are replaced, a few are added.</summary>
/// <param name="records">How many there are at the start.</param>
internal sealed class VaultContents(int records)
{
    /// <summary>Of a hundred texts that are stored so many are new; the others replace one.</summary>
    private const double NewShare = 0.2;

    private readonly List<int> _records = [.. Enumerable.Range(0, records)];
    private int _next = records;

    public IReadOnlyList<int> Records => _records;

    /// <summary>Stores one more.</summary>
    /// <returns>Its number.</returns>
    public int Store(Draws draws)
    {
        if (draws.Happens(NewShare))
            _records.Add(_next);
        else
            _records[draws.Below(_records.Count)] = _next;
        return _next++;
    }
}
