using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.Simulator.Plans;

/// <summary>Chance that is always the same for the same seed and purpose, whatever else is drawn.</summary>
internal sealed class Draws
{
    // A seeded Random keeps its sequence from one version of .NET to the next; an unseeded one doesn't.
    private readonly Random _random;

    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What it is for, such as <c>office 3</c>.</param>
    public Draws(int seed, string purpose) => _random = new Random(BinaryPrimitives.ReadInt32LittleEndian(Bytes(seed, purpose)));

    /// <summary>32 bytes that seem random and depend on seed and name only.</summary>
    public static byte[] Bytes(int seed, string name) => SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"kmslab/simulator/{seed}/{name}")));

    /// <summary>At least 0 and less than 1.</summary>
    public double Share() => _random.NextDouble();

    /// <summary>At least 0 and less than <paramref name="limit"/>.</summary>
    public int Below(int limit) => _random.Next(limit);

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    public bool Happens(double probability) => Share() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public TimeSpan Within(TimeSpan span) => span * Share();

    /// <summary>Mean 1: how much busier one day or hour is than another.</summary>
    public double LogNormal(double deviation) => Math.Exp((deviation * Normal()) - (deviation * deviation / 2));

    /// <summary>Waiting time until the next of what comes at random.</summary>
    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - Share());

    /// <summary>How many of what comes at random.</summary>
    public int Poisson(double mean)
    {
        if (mean > 50)
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal())));

        var (limit, product, count) = (Math.Exp(-mean), Share(), 0);
        for (; product > limit; count++)
            product *= Share();
        return count;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - Share())) * Math.Cos(2 * Math.PI * Share());
}
