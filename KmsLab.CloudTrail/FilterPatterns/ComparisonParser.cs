using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>Parses an operator and its operand: the same in JSON and in space-delimited patterns.</summary>
internal static class ComparisonParser
{
    /// <summary>The operators; the longer ones first, so that <c>&lt;=</c> isn't taken for <c>&lt;</c>.</summary>
    private static readonly (string Symbol, ComparisonOperator Operator)[] Operators =
    [
        ("!=", ComparisonOperator.NotEqual), ("<=", ComparisonOperator.LessOrEqual), (">=", ComparisonOperator.GreaterOrEqual),
        ("=", ComparisonOperator.Equal), ("<", ComparisonOperator.Less), (">", ComparisonOperator.Greater),
    ];

    public static bool TryParse(ref PatternReader reader, out ValueTest test)
    {
        reader.SkipWhitespace();
        foreach (var (symbol, comparison) in Operators)
        {
            if (reader.TryTake(symbol))
            {
                test = ParseOperand(ref reader, comparison);
                return true;
            }
        }

        test = null!;
        return false;
    }

    private static ValueTest ParseOperand(ref PatternReader reader, ComparisonOperator comparison)
    {
        reader.SkipWhitespace();
        var start = reader.Position;
        var isEquality = comparison is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        var negated = comparison == ComparisonOperator.NotEqual;
        switch (reader.Peek)
        {
            case '%' when isEquality:
                return new RegexTest(reader.TakeRegex(), negated);
            case '"' when isEquality:
                return new TextTest(reader.TakeQuoted(), negated);
        }

        var term = reader.TakeWhile(c => PatternReader.IsTermCharacter(c) || c == '*');
        if (Number.TryParse(Encoding.UTF8.GetBytes(term), out _))
            return new NumberTest(comparison, term);
        if (!isEquality)
            throw term.Length > 0 ? PatternReader.Error(start, $"Invalid character(s) in term '{term}': expected a number after <, <=, > or >=") : reader.Expected("a number");
        return term.Length > 0 ? new TextTest(term, negated) : throw reader.Expected("a number, a text (in double quotes, if it has characters other than letters, digits and _ . - + /) or a %regular expression%");
    }
}
