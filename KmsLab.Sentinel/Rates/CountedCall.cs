using System.Globalization;

namespace KmsLab.Sentinel.Rates;

/// <summary>What a record counted for.</summary>
/// <param name="Series">The numbers of its series.</param>
/// <param name="EventAt">Its event time, Unix milliseconds.</param>
internal sealed record CountedCall(IReadOnlyList<long> Series, long EventAt)
{
    /// <summary>The numbers of series as a column.</summary>
    public static string TextOf(IEnumerable<long> series) => string.Join(' ', series.Select(id => id.ToString(CultureInfo.InvariantCulture)));

    public static CountedCall FromColumns(string series, long eventAt) =>
        new([.. series.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))], eventAt);
}
