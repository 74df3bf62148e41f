using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>
/// Spans of time as settings write them: <c>5m</c>, <c>1h30m</c>, <c>2d</c>, <c>250ms</c>, or .NET's own <c>00:05:00</c>.
/// A bare number is none: .NET would take <c>5</c> for five days.
/// </summary>
public static partial class Duration
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    private static readonly Lazy<object?> Registration = new(() =>
    {
        TypeDescriptor.AddAttributes(typeof(TimeSpan), new TypeConverterAttribute(typeof(Converter)));
        return null;
    });

    /// <summary>Reads a span of time.</summary>
    /// <returns>Null when <paramref name="text"/> is none.</returns>
    public static TimeSpan? Parse(string text)
    {
        text = text.Trim();
        if (text == "0")
            return TimeSpan.Zero;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var constant) ? constant : null;
        if (WithUnits().Match(text) is not { Success: true } match || text.Length == 0)
            return null;

        try
        {
            return new(Units.Sum(unit => TicksOf(match.Groups[unit.Unit], unit.Ticks)));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Writes a span of time as people do: <c>1h30m</c>.</summary>
    public static string Format(TimeSpan span)
    {
        if (span < TimeSpan.Zero || span.Ticks % TimeSpan.TicksPerMillisecond != 0)
            return span.ToString("c", CultureInfo.InvariantCulture);
        if (span == TimeSpan.Zero)
            return "0s";

        var (text, rest) = (new StringBuilder(), span.Ticks);
        foreach (var (unit, ticks) in Units)
        {
            if (rest >= ticks)
                text.Append(CultureInfo.InvariantCulture, $"{rest / ticks}{unit}");
            rest %= ticks;
        }

        return text.ToString();
    }

    /// <summary>Lets the configuration binder of this process read them.</summary>
    internal static void Register() => _ = Registration.Value;

    private static long TicksOf(Group number, long unit) =>
        number.Success ? checked(long.Parse(number.Value, CultureInfo.InvariantCulture) * unit) : 0;

    [GeneratedRegex("^(?:(?<d>[0-9]+)d)?(?:(?<h>[0-9]+)h)?(?:(?<m>[0-9]+)m(?!s))?(?:(?<s>[0-9]+)s)?(?:(?<ms>[0-9]+)ms)?$")]
    private static partial Regex WithUnits();

    private sealed class Converter : TimeSpanConverter
    {
        public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => value is not string text
            ? base.ConvertFrom(context, culture, value)
            : Parse(text) ?? throw new FormatException($"'{text}' is no span of time: write it as 5m, 1h30m, 2d or 00:05:00.");
    }
}
