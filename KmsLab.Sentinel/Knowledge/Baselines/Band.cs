namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>How many records a window is expected to hold.</summary>
/// <remarks>
/// Counts are skewed, the more so the fewer they are, so a band of mean ± z deviations would be too narrow above and reach below zero. The quantiles are
/// those of a gamma distribution with this mean and variance, by Wilson and Hilferty's cube root (1931): for whole numbers they come close to those of the
/// negative binomial, and Farrington's outbreak detection (1996) stabilises its counts with a power in the same spirit.
/// </remarks>
/// <param name="Mean">Records.</param>
/// <param name="Variance">Records squared.</param>
internal readonly record struct Band(double Mean, double Variance)
{
    // Beyond, the cube root is no approximation any more and begins to fall: such a group does nothing most of the time.
    private const double MostRelativeVariance = 45;

    public double Deviation => Math.Sqrt(Variance);

    /// <summary>The least that is normal.</summary>
    public double Low(double deviations) => Quantile(-deviations);

    /// <summary>The most that is normal.</summary>
    public double High(double deviations) => Quantile(deviations);

    private double Quantile(double deviations)
    {
        if (Mean <= 0)
            return 0;

        var relative = Math.Min(Variance / (Mean * Mean), MostRelativeVariance);
        var root = Math.Max(0, 1 - (relative / 9) + (deviations * Math.Sqrt(relative) / 3));
        return Mean * root * root * root;
    }
}
