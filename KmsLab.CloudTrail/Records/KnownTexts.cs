using System.Text;
using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>
/// Gives the same string for the same bytes again, as far as it remembers: records repeat ARNs, names and Regions a million times, and each would be a
/// string of its own. A table of fixed size for each thread.
/// </summary>
internal static class KnownTexts
{
    private const int Slots = 4096;
    private const int Longest = 256;

    [ThreadStatic]
    private static string?[]? _texts;

    /// <summary>The string that the reader stands on.</summary>
    public static string? Of(ref readonly Utf8JsonReader reader) =>
        reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > Longest ? reader.GetString() : Of(reader.ValueSpan) ?? reader.GetString();

    /// <summary>The text of a JSON string with its quotes; null where it needs a JSON reader: it is long, or has escapes or anything but ASCII.</summary>
    public static string? OfQuoted(ReadOnlySpan<byte> json)
    {
        var utf8 = json[1..^1];
        return utf8.Length > Longest || utf8.Contains((byte)'\\') ? null : Of(utf8);
    }

    private static string? Of(ReadOnlySpan<byte> utf8)
    {
        var texts = _texts ??= new string?[Slots];
        ref var known = ref texts[SlotOf(utf8)];
        if (known is not null && Ascii.Equals(utf8, known))
            return known;

        return Ascii.IsValid(utf8) ? known = Encoding.ASCII.GetString(utf8) : null;
    }

    /// <summary>ARNs begin alike and differ at their ends, so the last bytes tell most.</summary>
    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)utf8.Length * 0x9E3779B1;
        for (var index = Math.Max(0, utf8.Length - 24); index < utf8.Length; index++)
            hash = (hash ^ utf8[index]) * 0x01000193;
        return (int)((hash ^ (hash >> 15)) % Slots);
    }
}
