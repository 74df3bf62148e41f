using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace KmsLab.Simulator.Commands;

/// <summary>Options that several commands have.</summary>
internal static class Options
{
    public static Option<int> Seed() => new("--seed") { Description = "The same seed plans the same run.", DefaultValueFactory = _ => 1 };

    public static Option<Pace> Pace() => new("--pace") { Description = "How attested-exfiltration goes: bulk, slow, or both." };

    /// <summary>A time span, as <c>90s</c>, <c>10m</c>, <c>36h</c>, <c>7d</c> or <c>01:30:00</c>.</summary>
    public static Option<TimeSpan?> Span(string name, string description) => new(name) { Description = description, CustomParser = argument => SpanOf(name, argument) };

    /// <summary>An instant; UTC unless it says otherwise.</summary>
    public static Option<DateTimeOffset?> Instant(string name, string description) => new(name) { Description = description, CustomParser = argument => InstantOf(name, argument) };

    /// <summary>Reads a time span.</summary>
    /// <returns>Null when it is none.</returns>
    public static TimeSpan? ParseSpan(string text) =>
        text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            }
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;

    private static TimeSpan? SpanOf(string name, ArgumentResult argument)
    {
        if (ParseSpan(argument.Tokens[0].Value) is { } span && span > TimeSpan.Zero)
            return span;

        argument.AddError($"{name} '{argument.Tokens[0].Value}' is no time: write it as 90s, 10m, 36h, 7d or 01:30:00.");
        return null;
    }

    private static DateTimeOffset? InstantOf(string name, ArgumentResult argument)
    {
        if (DateTimeOffset.TryParse(argument.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return at;

        argument.AddError($"{name} '{argument.Tokens[0].Value}' is no time: write it as 2026-11-23 or 2026-11-23T12:00:00Z.");
        return null;
    }
}
