namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>Parses terms: <c>ERROR "a phrase" -excluded</c>, or <c>?either ?or</c>.</summary>
internal static class TermsParser
{
    public static TermsPattern Parse(ref PatternReader reader)
    {
        var terms = new List<Term>();
        while (!reader.AtEnd)
        {
            var role = reader.TryTake("-") ? TermRole.Excluded : reader.TryTake("?") ? TermRole.Optional : TermRole.Required;
            if (role != TermRole.Required)
                reader.SkipWhitespace();
            terms.Add(ParseTerm(ref reader, role));
            reader.SkipWhitespace();
        }

        return new(terms);
    }

    private static Term ParseTerm(ref PatternReader reader, TermRole role)
    {
        switch (reader.Peek)
        {
            case '"':
                return new(role, reader.TakeQuoted(), null);
            case '%':
                return new(role, null, reader.TakeRegex());
        }

        var text = reader.TakeWhile(PatternReader.IsTermCharacter);
        if (text.Length == 0 || !(reader.AtEnd || char.IsWhiteSpace(reader.Peek)))
            throw reader.Expected("a term of letters, digits and _ . - + /, or any other text in double quotes");
        return new(role, text, null);
    }
}
