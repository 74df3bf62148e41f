using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>Which colour a series has: the usual cryptography the same on every chart, management in greys. css/sentinel.css says what they are in light and dark.</summary>
internal static class Palette
{
    private static readonly string[] Usual = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt"];

    /// <param name="series">The series.</param>
    /// <param name="all">All series of its chart: two of them share no colour.</param>
    public static string Of(ActivitySeries series, IReadOnlyList<ActivitySeries> all)
    {
        if (series.IsError)
            return "var(--chart-error)";

        var isCryptographic = CryptographicOperations.Contains(series.Operation);
        var usual = Array.IndexOf(Usual, series.Operation);
        if (usual >= 0)
            return $"var(--chart-{usual + 1})";

        var place = all.Where(other => !other.IsError && !Usual.Contains(other.Operation) && CryptographicOperations.Contains(other.Operation) == isCryptographic)
            .TakeWhile(other => other != series).Count();
        return isCryptographic ? $"var(--chart-{Usual.Length + 1 + place})" : $"var(--chart-grey-{place + 1})";
    }
}
