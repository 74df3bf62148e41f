namespace KmsLab.Simulator.Plans;

/// <summary>Zipf's law: the n-th of a working set is asked for 1/n as often as the first.</summary>
internal sealed class Popularity
{
    private readonly double[] _upTo;

    public Popularity(int count)
    {
        _upTo = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            _upTo[i] = sum += 1.0 / (i + 1);
    }

    /// <summary>The place of one, drawn by popularity.</summary>
    public int Draw(Draws draws)
    {
        var at = Array.BinarySearch(_upTo, draws.Share() * _upTo[^1]);
        return at >= 0 ? at : ~at;
    }
}
