using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// A <c>%regular expression%</c>: the service's subset (ASCII, no groups), checked, translated and run in time linear in the message.
/// </summary>
/// <remarks>
/// 'Supported regular expressions (regex) syntax' on AWS's page. The classes mean ASCII there (<c>\d</c> is <c>[0-9]</c>), and <c>$</c> is the very
/// end, so both are spelt out for .NET.
/// </remarks>
internal sealed class RegexSubset
{
    private const string Symbols = ":_#=@/;,- ";
    private const string Operators = "^$?[]{}|\\*+.";

    private readonly string _source;
    private readonly Regex _regex;

    private RegexSubset(string source, Regex regex) => (_source, _regex) = (source, regex);

    public static RegexSubset Parse(string source, int position)
    {
        if (source.Length == 0)
            throw new FilterPatternException(position, "The regular expression is empty: expected something between the percent signs");

        var translated = Translate(source, position);
        try
        {
            return new(source, new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        }
        catch (RegexParseException e)
        {
            throw new FilterPatternException(position, $"The regular expression %{source}% is not valid: {e.Error}");
        }
        catch (NotSupportedException)
        {
            throw new FilterPatternException(position, $"The regular expression %{source}% repeats too much to be run");
        }
    }

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        var characters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return _regex.IsMatch(characters.AsSpan(0, Encoding.UTF8.GetChars(text, characters)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    public override string ToString() => $"%{_source}%";

    private static string Translate(string source, int position)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\')
            {
                i = TranslateEscape(source, i, position, result, inClass);
                continue;
            }

            if (!char.IsAsciiLetterOrDigit(c) && !IsAllowed(c))
                throw new FilterPatternException(position + i, $"Invalid character(s) in term '{c}': expected in a regular expression letters, digits, {Symbols.Trim()} and the operators {Operators}");

            var opensClass = c == '[' && !inClass;
            var closesClass = c == ']' && inClass && source[i - 1] != '[' && !source.AsSpan(0, i).EndsWith("[^");
            result.Append(c switch
            {
                '^' when !inClass => @"\A",
                '$' when !inClass => @"\z",
                '{' when !inClass && i + 1 < source.Length && source[i + 1] == ',' => "{0",
                // Brackets in a class stand for themselves; .NET would take "-[" for a subtraction.
                '[' or ']' when inClass && !closesClass => @"\" + c,
                _ => c.ToString(),
            });
            inClass = opensClass || (inClass && !closesClass);
        }

        return result.ToString();
    }

    /// <summary>Translates the escape that begins at <paramref name="i"/> and returns the offset of its last character.</summary>
    private static int TranslateEscape(string source, int i, int position, StringBuilder result, bool inClass)
    {
        var c = i + 1 < source.Length ? source[i + 1] : throw new FilterPatternException(position + i, "The backslash at the end of the regular expression escapes nothing");
        if (c == 'x' && source.Length > i + 3 && byte.TryParse(source.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code < 0x80)
        {
            result.Append(CultureInfo.InvariantCulture, $@"\x{code:x2}");
            return i + 3;
        }

        result.Append(c switch
        {
            'd' => inClass ? "0-9" : "[0-9]",
            'w' => inClass ? "a-zA-Z_0-9" : "[a-zA-Z_0-9]",
            's' => inClass ? @" \t\n\r\f\v" : @"[ \t\n\r\f\v]",
            'D' when !inClass => "[^0-9]",
            'W' when !inClass => "[^a-zA-Z_0-9]",
            'S' when !inClass => @"[^ \t\n\r\f\v]",
            't' or 'n' or 'r' => @"\" + c,
            _ when IsAllowed(c) || c == '%' => string.Create(CultureInfo.InvariantCulture, $@"\x{(int)c:x2}"),
            _ => throw new FilterPatternException(position + i, $@"Invalid character(s) in term '\{c}': expected after a backslash d, D, s, S, w, W, x with two hexadecimal digits, or an operator"),
        });
        return i + 1;
    }

    private static bool IsAllowed(char c) => Symbols.Contains(c, StringComparison.Ordinal) || Operators.Contains(c, StringComparison.Ordinal);
}
