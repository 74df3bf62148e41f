using System.Buffers.Binary;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>How fast a model learns and forgets.</summary>
/// <param name="HalfLife">After it, a week counts half: the shape of the week and the spread.</param>
/// <param name="LevelHalfLife">After it, a bucket counts half for the level.</param>
/// <param name="Deviations">How far from the mean, in standard deviations, a bucket is still normal.</param>
internal sealed record Pace(TimeSpan HalfLife, TimeSpan LevelHalfLife, double Deviations);

/// <summary>What one group does in a week: level × shape of the week, and how far it strays from that.</summary>
/// <remarks>
/// <para>
/// <b>Mean</b> = level × shape(slot of the week). A slot's shape is its own decayed average and, while it has few weeks, that of the same time of day on all
/// weekdays, or on both days of the weekend (partial pooling). The level is the weighted least-squares ratio of what the last days held to what their shape
/// says: it carries growth and lasting change.
/// </para>
/// <para>
/// <b>Variance</b> = mean + dispersion × mean², the negative binomial's: Poisson's noise where there are few records, a share of the mean where there are many.
/// The dispersion is learned from how far each prediction was off, by time of day, pooled with the whole group's: a nightly batch may be exact in a
/// group whose people are not. Predictions are judged before they are learned from, so what is badly known counts as spread.
/// </para>
/// <para>
/// <b>Not poisoned</b>: what is further off than <see cref="ClippedTo"/> deviations enters as if it were that far off (winsorised; the band that alarms is much
/// wider). An attack moves the band a little; a change that lasts moves it every day, until it holds it.
/// </para>
/// <para>docs/adr/0006-baselines.md has the reasons and the alternatives.</para>
/// </remarks>
internal sealed class SeasonalModel(Season season, Pace pace)
{
    /// <summary>
    /// No bucket counts as further off than this, in standard deviations. At 3, one day of ten times the usual traffic leaves the band so wide that a week later
    /// half of the same attack goes unseen; below 2, ordinary spread would be cut off.
    /// </summary>
    private const double ClippedTo = 2;

    // Pseudo-observations of what is assumed before anything is seen; in weeks for the shape, in buckets for the rest.
    private const double ShapePrior = 1.5;
    private const double LevelPrior = 5;
    private const double GroupDispersionPrior = 20;
    private const double CellDispersionPrior = 5;

    /// <summary>People's hourly counts stray by about a third of their mean.</summary>
    private const double AssumedDispersion = 0.1;

    /// <summary>However regular it looks: the level itself is not known better than this, squared.</summary>
    private const double LeastDispersion = 0.002;

    private readonly float[] _weights = new float[season.Slots];
    private readonly float[] _sums = new float[season.Slots];
    private readonly float[] _excess = new float[season.Cells];
    private readonly float[] _scale = new float[season.Cells];
    private readonly double _weekly = Math.Pow(0.5, 7 / pace.HalfLife.TotalDays);
    private readonly double _perBucket = Math.Pow(0.5, season.Bucket / pace.LevelHalfLife);
    private double _levelNumerator;
    private double _levelDenominator;

    /// <summary>How many bytes a model is.</summary>
    public static int SizeOf(Season season) => (2 * sizeof(double)) + (2 * sizeof(float) * (season.Slots + season.Cells));

    /// <summary>How much the group does now, relative to the shape of its week.</summary>
    public double Level => (LevelPrior + _levelNumerator) / (LevelPrior + _levelDenominator);

    /// <summary>How many weeks a slot's own average rests on, older ones counting less.</summary>
    public double WeeksOf(int slot) => _weights[slot];

    /// <summary>What is expected of a bucket in this slot.</summary>
    public Band Forecast(int slot) => BandOf(Level * ShapeOf(slot), DispersionOf(season.CellOf(slot)));

    /// <summary>Takes a bucket in.</summary>
    /// <param name="slot">Its slot of the week.</param>
    /// <param name="records">What it held.</param>
    /// <param name="sceptical">Whether enough is known to take what is far off for an exception; before, only what is out of all proportion.</param>
    public void Learn(int slot, long records, bool sceptical)
    {
        var shape = ShapeOf(slot);
        var forecast = Forecast(slot);
        var value = _weights[slot] > 0 ? Clip(records, forecast, sceptical ? ClippedTo : pace.Deviations) : records;

        // In its first week a slot is a guess, and says nothing about how good the guesses are.
        if (_weights[slot] > 0)
        {
            LearnDispersion(season.CellOf(slot), value, forecast.Mean);
            LearnLevel(shape, value, forecast.Mean);
        }

        _weights[slot] = (float)((_weights[slot] * _weekly) + 1);
        _sums[slot] = (float)((_sums[slot] * _weekly) + (value / Level));
    }

    /// <summary>All that was learned, the same bytes on every machine.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[SizeOf(season)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, _levelNumerator);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(sizeof(double)), _levelDenominator);
        var at = 2 * sizeof(double);
        foreach (var values in Arrays)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), value);
                at += sizeof(float);
            }
        }

        return bytes;
    }

    /// <summary>Takes over what <see cref="ToBytes"/> wrote.</summary>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        _levelNumerator = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        _levelDenominator = BinaryPrimitives.ReadDoubleLittleEndian(bytes[sizeof(double)..]);
        var at = 2 * sizeof(double);
        foreach (var values in Arrays)
        {
            for (var index = 0; index < values.Length; index++, at += sizeof(float))
                values[index] = BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);
        }
    }

    private float[][] Arrays => [_weights, _sums, _excess, _scale];

    private static double Clip(long records, Band forecast, double deviations) => Math.Clamp(records, forecast.Low(deviations), forecast.High(deviations));

    private void LearnLevel(double shape, double value, double mean)
    {
        _levelNumerator *= _perBucket;
        _levelDenominator *= _perBucket;
        if (shape <= 0)
            return;

        var variance = BandOf(mean, GroupDispersion()).Variance;
        _levelNumerator += value * shape / variance;
        _levelDenominator += shape * shape / variance;
    }

    /// <summary>The excess of the squared error over Poisson's, as a share of the mean squared; near a mean of zero it says nothing, and weighs nothing.</summary>
    private void LearnDispersion(int cell, double value, double mean)
    {
        var forget = Math.Pow(_weekly, cell < season.SlotsPerDay ? 1 / 5.0 : 1 / 2.0);
        var weight = 1 / ((1 + mean) * (1 + mean));
        _excess[cell] = (float)((_excess[cell] * forget) + ((((value - mean) * (value - mean)) - mean) * weight));
        _scale[cell] = (float)((_scale[cell] * forget) + (mean * mean * weight));
    }

    private double ShapeOf(int slot)
    {
        var (weight, sum) = (0.0, 0.0);
        foreach (var other in season.SlotsOf(season.CellOf(slot)))
            (weight, sum) = (weight + _weights[other], sum + _sums[other]);

        var pooled = weight > 0 ? sum / weight : AverageShape();
        return (_sums[slot] + (ShapePrior * pooled)) / (_weights[slot] + ShapePrior);
    }

    private double AverageShape()
    {
        var (weight, sum) = (0.0, 0.0);
        for (var slot = 0; slot < _weights.Length; slot++)
            (weight, sum) = (weight + _weights[slot], sum + _sums[slot]);
        return weight > 0 ? sum / weight : 0;
    }

    private double DispersionOf(int cell) =>
        Math.Max(LeastDispersion, (_excess[cell] + (CellDispersionPrior * GroupDispersion())) / (_scale[cell] + CellDispersionPrior));

    private double GroupDispersion()
    {
        var (excess, scale) = (GroupDispersionPrior * AssumedDispersion, GroupDispersionPrior);
        for (var cell = 0; cell < _excess.Length; cell++)
            (excess, scale) = (excess + _excess[cell], scale + _scale[cell]);
        return Math.Max(LeastDispersion, excess / scale);
    }

    private static Band BandOf(double mean, double dispersion) => new(mean, mean + (dispersion * mean * mean));
}
