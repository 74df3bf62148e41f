using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>The records that one client works with: some of them often, most of them seldom, and now and then one that it never had before.</summary>
internal sealed class WorkingSet(int size, double curiosity, VaultContents vault, Draws draws)
{
    private readonly List<int> _records = [.. Enumerable.Range(0, size).Select(_ => draws.Pick(vault.Records))];
    private readonly Popularity _popularity = new(size);

    /// <summary>The record that is read next.</summary>
    public int Next() => draws.Happens(curiosity) ? draws.Pick(vault.Records) : _records[_popularity.Draw(draws)];

    /// <summary>Stores a text and goes on working with it.</summary>
    public int Store()
    {
        var record = vault.Store(draws);
        _records[draws.Below(_records.Count)] = record;
        return record;
    }
}
