namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>Parses <c>[ip, user, ..., status = 4* || status = 5*, bytes &gt; 1000]</c>.</summary>
internal static class SpaceDelimitedParser
{
    private const int MaxRegexes = 2;

    public static SpaceDelimitedPattern Parse(ref PatternReader reader)
    {
        var start = reader.Position;
        var fields = new List<DelimitedField>();
        reader.Expect('[', "before a space-delimited pattern");
        reader.SkipWhitespace();
        if (reader.Peek != ']')
        {
            do
                fields.Add(ParseField(ref reader));
            while (TryTakeComma(ref reader));
        }

        reader.Expect(']', "to close the pattern, or ',' and another field");
        reader.ExpectEnd("the closing ']'");

        if (fields.Count(field => field.IsEllipsis) > 1)
            throw PatternReader.Error(start, "A space-delimited pattern has at most one '...'");
        if (fields.Sum(field => field.RegexCount) > MaxRegexes)
            throw PatternReader.Error(start, $"A space-delimited pattern has at most {MaxRegexes} regular expressions");
        return new(fields);
    }

    private static bool TryTakeComma(ref PatternReader reader)
    {
        reader.SkipWhitespace();
        return reader.TryTake(",");
    }

    private static DelimitedField ParseField(ref PatternReader reader)
    {
        reader.SkipWhitespace();
        if (reader.TryTake("..."))
            return DelimitedField.Ellipsis;
        if (reader.Peek is ',' or ']')
            return DelimitedField.Unnamed;

        string? name = null;
        var tests = new List<ValueTest>();
        var hasParenthesis = reader.Peek == '(';
        var at = reader;
        if (!hasParenthesis)
        {
            name = TakeName(ref at);
            at.SkipWhitespace();
            if (at.Peek is ',' or ']')
            {
                reader = at;
                return new(name, null, []);
            }
        }

        var condition = ExpressionParser.Parse(ref reader, (ref PatternReader inner) => ParseTest(ref inner, ref name, tests));
        return new(name, condition, tests);
    }

    /// <summary>A field's conditions all name that field: <c>status = 4* &amp;&amp; bytes &gt; 0</c> is refused by the service as well.</summary>
    private static TestExpression ParseTest(ref PatternReader reader, ref string? field, List<ValueTest> tests)
    {
        reader.SkipWhitespace();
        var start = reader.Position;
        var name = TakeName(ref reader);
        field ??= name;
        if (name != field)
            throw PatternReader.Error(start, $"The conditions of a field name that field: expected '{field}', found '{name}'");
        if (!ComparisonParser.TryParse(ref reader, out var test))
            throw reader.Expected("an operator: =, !=, <, <=, > or >=; or ',' or ']' after the field");

        tests.Add(test);
        return new(tests.Count - 1);
    }

    private static string TakeName(ref PatternReader reader)
    {
        var name = reader.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        return name.Length > 0 ? name : throw reader.Expected("a field name of letters, digits, '-' and '_', or '...'");
    }
}
