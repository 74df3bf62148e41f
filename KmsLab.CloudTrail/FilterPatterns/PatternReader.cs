using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>A cursor over a pattern's text: what the parsers of all three forms share.</summary>
internal ref struct PatternReader(string pattern)
{
    private readonly string _pattern = pattern;

    public int Position { get; private set; }

    /// <summary>The next character, or NUL at the end.</summary>
    public readonly char Peek => Position < _pattern.Length ? _pattern[Position] : '\0';

    public readonly bool AtEnd => Position >= _pattern.Length;

    public void SkipWhitespace()
    {
        while (char.IsWhiteSpace(Peek))
            Position++;
    }

    public bool TryTake(string text)
    {
        if (!_pattern.AsSpan(Position).StartsWith(text, StringComparison.Ordinal))
            return false;

        Position += text.Length;
        return true;
    }

    /// <summary>Takes <paramref name="keyword"/>, in upper or lower case, where it stands as a word of its own.</summary>
    public bool TryTakeKeyword(string keyword)
    {
        var rest = _pattern.AsSpan(Position);
        if (!rest.StartsWith(keyword, StringComparison.OrdinalIgnoreCase) || (rest.Length > keyword.Length && IsTermCharacter(rest[keyword.Length])))
            return false;

        Position += keyword.Length;
        return true;
    }

    public void Expect(char character, string after)
    {
        SkipWhitespace();
        if (Peek != character)
            throw Expected($"'{character}' {after}");
        Position++;
    }

    /// <summary>Nothing but white space may follow.</summary>
    public void ExpectEnd(string after)
    {
        SkipWhitespace();
        if (!AtEnd)
            throw Expected($"nothing after {after}");
    }

    public string TakeWhile(Func<char, bool> accepts)
    {
        var start = Position;
        while (!AtEnd && accepts(Peek))
            Position++;
        return _pattern[start..Position];
    }

    /// <summary>
    /// Takes a phrase in double quotes. <c>\"</c> and <c>\\</c> are escapes; before any other character a backslash stands for itself.
    /// </summary>
    public string TakeQuoted()
    {
        var start = Position++;
        var text = new StringBuilder();
        while (Peek != '"')
        {
            if (AtEnd)
                throw Error(start, "The double quote is never closed: expected '\"' before the end");
            if (Peek == '\\' && Position + 1 < _pattern.Length && _pattern[Position + 1] is ('"' or '\\'))
                Position++;
            text.Append(Peek);
            Position++;
        }

        Position++;
        return text.ToString();
    }

    /// <summary>Takes <c>%regular expression%</c>. A backslash escapes the character after it.</summary>
    public RegexSubset TakeRegex()
    {
        var start = ++Position;
        while (Peek != '%')
        {
            if (AtEnd)
                throw Error(start - 1, "The regular expression is never closed: expected '%' before the end");
            Position += Peek == '\\' && Position + 1 < _pattern.Length ? 2 : 1;
        }

        return RegexSubset.Parse(_pattern[start..Position++], start);
    }

    public readonly FilterPatternException Expected(string what) =>
        Error(Position, AtEnd ? $"Invalid filter pattern: expected {what}, found the end" : $"Invalid character(s) in term '{Peek}': expected {what}");

    public static FilterPatternException Error(int position, string problem) => new(position, problem);

    /// <summary>What an unquoted term may be made of. AWS asks for quotes around anything but letters, digits and the underscore, yet takes these.</summary>
    public static bool IsTermCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '+' or '/';
}
