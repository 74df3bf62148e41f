namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Finds what somebody who mistyped a name may have meant.</summary>
public static class NearestName
{
    /// <summary>Two letters in three may be right by chance in a short word, so a longer one may have more wrong.</summary>
    private const int LettersPerMistake = 3;

    /// <summary>A question such as <c>: did you mean 'replay'?</c> to put after a wrong name; a full stop when no name is near.</summary>
    public static string Question(string wrong, IEnumerable<string> names) =>
        To(wrong, names) is { } near ? $": did you mean '{near}'?" : ".";

    /// <summary>The nearest of some names; null when none is near.</summary>
    public static string? To(string wrong, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())))
        .Where(near => near.Distance <= Math.Max(1, wrong.Length / LettersPerMistake))
        .OrderBy(near => near.Distance)
        .Select(near => near.Name)
        .FirstOrDefault();

    /// <summary>Counts the letters to add, take away, change or swap with the next one (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
                distances[i, j] = Cell(i, j);
        }

        return distances[from.Length, to.Length];

        int Cell(int i, int j)
        {
            if (i == 0 || j == 0)
                return i + j;
            var change = distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            var least = Math.Min(change, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
            var isSwap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            return isSwap ? Math.Min(least, distances[i - 2, j - 2] + 1) : least;
        }
    }
}
