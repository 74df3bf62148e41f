using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

internal enum TermRole
{
    /// <summary><c>term</c>: the message must have it.</summary>
    Required,

    /// <summary><c>?term</c>: the message must have one of these.</summary>
    Optional,

    /// <summary><c>-term</c>: the message must not have it.</summary>
    Excluded,
}

/// <summary>A term: a text found anywhere in a message, case-sensitive, or a regular expression.</summary>
internal sealed record Term(TermRole Role, string? Text, RegexSubset? Regex)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(Text ?? "");

    /// <summary>AWS: the pattern <c>" "</c> matches everything, messages without a space included.</summary>
    public bool IsBlank => Text is not null && string.IsNullOrWhiteSpace(Text);

    public bool IsIn(ReadOnlySpan<byte> message) => Regex?.IsMatch(message) ?? ((IsBlank && Role != TermRole.Excluded) || message.IndexOf(_utf8) >= 0);

    public override string ToString()
    {
        var prefix = Role switch
        {
            TermRole.Optional => "?",
            TermRole.Excluded => "-",
            _ => "",
        };
        return prefix + (Regex?.ToString() ?? TextTest.Quote(Text!));
    }
}

/// <summary>
/// A pattern of terms for messages without structure. All required terms and no excluded one must be in the message; optional terms count only when
/// there are no others, as AWS says.
/// </summary>
internal sealed class TermsPattern(IReadOnlyList<Term> terms) : FilterPattern
{
    private readonly Term[] _required = [.. terms.Where(term => term.Role == TermRole.Required)];
    private readonly Term[] _excluded = [.. terms.Where(term => term.Role == TermRole.Excluded)];
    private readonly Term[] _optional = terms.All(term => term.Role == TermRole.Optional) ? [.. terms] : [];

    public override bool MatchesEverything => terms.All(term => term.Role == TermRole.Required && term.IsBlank);

    public override int RegexCount => terms.Count(term => term.Regex is not null);

    public override bool Matches(ReadOnlySpan<byte> utf8Message)
    {
        foreach (var term in _required)
        {
            if (!term.IsIn(utf8Message))
                return false;
        }

        foreach (var term in _excluded)
        {
            if (term.IsIn(utf8Message))
                return false;
        }

        return _optional.Length == 0 || AnyOptionalIn(utf8Message);
    }

    public override FieldReference Field(string reference) =>
        throw new FilterPatternException(0, "A pattern of terms has no fields: expected a JSON or a space-delimited pattern");

    public override string ToString() => string.Join(' ', terms);

    private bool AnyOptionalIn(ReadOnlySpan<byte> message)
    {
        foreach (var term in _optional)
        {
            if (term.IsIn(message))
                return true;
        }

        return false;
    }
}
