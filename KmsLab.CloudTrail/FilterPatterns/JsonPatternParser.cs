namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>Parses <c>{ $.a = "x" &amp;&amp; ($.b IS NULL || $.c NOT EXISTS) }</c>.</summary>
internal static class JsonPatternParser
{
    // The service's quotas ('Quotas' on its filter pattern page).
    private const int MaxRegexes = 2;
    private const int MaxWildcardSelectors = 3;

    public static JsonPattern Parse(ref PatternReader reader)
    {
        var start = reader.Position;
        var tests = new List<SelectedTest>();
        reader.Expect('{', "before a JSON pattern");
        var expression = ExpressionParser.Parse(ref reader, (ref PatternReader at) => ParseTest(ref at, tests));
        reader.Expect('}', "to close the pattern, or && or ||");
        reader.ExpectEnd("the closing '}'");

        if (tests.Count(test => test.Test is RegexTest) > MaxRegexes)
            throw PatternReader.Error(start, $"A JSON pattern has at most {MaxRegexes} regular expressions");
        if (tests.Count(test => test.Selector.HasWildcard) > MaxWildcardSelectors)
            throw PatternReader.Error(start, $"A JSON pattern has at most {MaxWildcardSelectors} selectors with a wildcard");
        return new(expression, tests);
    }

    private static TestExpression ParseTest(ref PatternReader reader, List<SelectedTest> tests)
    {
        var selector = Selector.Parse(ref reader);
        var negated = false;
        if (!ComparisonParser.TryParse(ref reader, out var test))
            test = ParseKeywords(ref reader, out negated);

        tests.Add(new(selector, test));
        return new(tests.Count - 1, negated);
    }

    private static ValueTest ParseKeywords(ref PatternReader reader, out bool negated)
    {
        negated = reader.TryTakeKeyword("NOT");
        if (!negated && reader.TryTakeKeyword("IS"))
            return ParseLiteral(ref reader);

        reader.SkipWhitespace();
        if (reader.TryTakeKeyword("EXISTS"))
            return new ExistsTest();
        throw reader.Expected(negated ? "EXISTS after NOT" : "an operator: =, !=, <, <=, >, >=, IS, EXISTS or NOT EXISTS");
    }

    private static LiteralTest ParseLiteral(ref PatternReader reader)
    {
        reader.SkipWhitespace();
        foreach (var kind in (ReadOnlySpan<FieldKind>)[FieldKind.Null, FieldKind.True, FieldKind.False])
        {
            if (reader.TryTakeKeyword(kind.ToString()))
                return new(kind);
        }

        throw reader.Expected("NULL, TRUE or FALSE after IS (the language has no IS NOT)");
    }
}
