using System.Globalization;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// A number of a pattern or a message: exact as a decimal where it fits one, so that long ids don't collapse into their neighbours as doubles would.
/// </summary>
internal readonly record struct Number(decimal? Exact, double Approximate) : IComparable<Number>
{
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // Beyond this many characters a decimal would round.
    private const int ExactLength = 28;

    public static bool TryParse(ReadOnlySpan<byte> text, out Number number)
    {
        number = default;
        if (text.IsEmpty || text[^1] is < (byte)'0' or > (byte)'9' || !double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var approximate))
            return false;

        // A tiny number would become zero as a decimal, so those with an exponent stay doubles.
        var exact = text.Length <= ExactLength && text.IndexOfAny((byte)'e', (byte)'E') < 0 && decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var value)
            ? value
            : (decimal?)null;
        number = new(exact, approximate);
        return true;
    }

    public int CompareTo(Number other) =>
        Exact is { } left && other.Exact is { } right ? left.CompareTo(right) : Approximate.CompareTo(other.Approximate);
}
