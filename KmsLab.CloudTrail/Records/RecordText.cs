using System.Buffers;
using System.Globalization;
using System.Text;

namespace KmsLab.CloudTrail.Records;

/// <summary>
/// Mends the text of a record that is no Unicode: a caller chooses the words that CloudTrail writes down (a User-Agent, a name, an encryption context), and
/// must not be able to make its record unreadable by them.
/// </summary>
internal static class RecordText
{
    private const int EscapeLength = 6;

    /// <summary>The character that stands where text was no Unicode, U+FFFD.</summary>
    public const char Replacement = '\uFFFD';

    private static ReadOnlySpan<byte> ReplacementUtf8 => "\uFFFD"u8;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>
    /// Replaces bytes that are no UTF-8, and escapes of one half of a surrogate pair, by U+FFFD; writes control characters inside strings as JSON wants them;
    /// leaves out a byte-order mark.
    /// </summary>
    /// <param name="utf8">A record's JSON, or what should be it.</param>
    /// <param name="mended">The text in order.</param>
    /// <returns>False when there was nothing to mend.</returns>
    public static bool TryMend(ReadOnlySpan<byte> utf8, out byte[] mended)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 16);
        var rest = utf8.StartsWith(ByteOrderMark) ? utf8[ByteOrderMark.Length..] : utf8;
        var isMended = rest.Length < utf8.Length;
        var isInString = false;
        while (!rest.IsEmpty)
        {
            var length = LengthOf(rest, isInString, out var replacement);
            if (rest[0] == '"')
                isInString = !isInString;
            isMended |= !replacement.IsEmpty;
            output.Write(replacement.IsEmpty ? rest[..length] : replacement);
            rest = rest[length..];
        }

        mended = isMended ? output.WrittenSpan.ToArray() : [];
        return isMended;
    }

    /// <returns>How many bytes the next character takes, or the whole of an escape.</returns>
    private static int LengthOf(ReadOnlySpan<byte> rest, bool isInString, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        switch (rest[0])
        {
            case (byte)'\\' when isInString:
                return LengthOfEscape(rest, out replacement);
            case < 0x20 when isInString:
                replacement = Encoding.ASCII.GetBytes($"\\u{rest[0]:x4}");
                return 1;
            case < 0x80:
                return 1;
            default:
                if (Rune.DecodeFromUtf8(rest, out _, out var length) != OperationStatus.Done)
                    replacement = ReplacementUtf8;
                return length;
        }
    }

    private static int LengthOfEscape(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        if (CodeUnitOf(rest) is not { } unit)
            return Math.Min(2, rest.Length);
        if (!char.IsSurrogate(unit))
            return EscapeLength;
        if (char.IsHighSurrogate(unit) && CodeUnitOf(rest[EscapeLength..]) is { } second && char.IsLowSurrogate(second))
            return 2 * EscapeLength;

        replacement = ReplacementUtf8;
        return EscapeLength;
    }

    /// <returns>The UTF-16 unit of an escape such as <c>\u00e9</c>; null where none stands.</returns>
    private static char? CodeUnitOf(ReadOnlySpan<byte> rest) =>
        rest.Length >= EscapeLength && rest[0] == '\\' && rest[1] == 'u'
        && ushort.TryParse(rest[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
