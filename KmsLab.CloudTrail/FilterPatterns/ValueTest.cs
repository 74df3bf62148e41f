using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>One test of one value, the leaf of a pattern: the same in JSON and in space-delimited patterns.</summary>
internal abstract class ValueTest
{
    /// <summary>Characters that every message with a passing value has in it, or null where nothing can be said.</summary>
    public virtual string? RequiredText => null;

    public abstract bool Passes(FieldValue value);

    /// <summary>The operator and operand as they stand in a pattern, such as <c>= "x*"</c>.</summary>
    public abstract override string ToString();
}

/// <summary><c>=</c> or <c>!=</c> a text, which may have <c>*</c> in it. Numbers compare by their characters: <c>12.0</c> is not <c>"12"</c>.</summary>
internal sealed class TextTest(string text, bool negated) : ValueTest
{
    private readonly Glob _glob = new(text);

    public override string? RequiredText => negated ? null : _glob.LongestPart;

    public override bool Passes(FieldValue value) => value.IsComparable && _glob.Matches(value.Text) != negated;

    public override string ToString() => $"{(negated ? "!=" : "=")} {Quote(text)}";

    public static string Quote(string text) => $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

/// <summary><c>=</c> or <c>!=</c> a <c>%regular expression%</c>.</summary>
internal sealed class RegexTest(RegexSubset regex, bool negated) : ValueTest
{
    public override bool Passes(FieldValue value) => value.IsComparable && regex.IsMatch(value.Text) != negated;

    public override string ToString() => $"{(negated ? "!=" : "=")} {regex}";
}

/// <summary><c>IS NULL</c>, <c>IS TRUE</c>, <c>IS FALSE</c>: the JSON literal itself, not a string that reads like it.</summary>
internal sealed class LiteralTest(FieldKind kind) : ValueTest
{
    private readonly string _name = kind.ToString();

    public override string RequiredText => _name.ToLowerInvariant();

    public override bool Passes(FieldValue value) => value.Kind == kind;

    public override string ToString() => $"IS {_name.ToUpperInvariant()}";
}

/// <summary><c>EXISTS</c>: there is a value, whatever it is, null included. <c>NOT EXISTS</c> is its negation, which the expression holds.</summary>
internal sealed class ExistsTest : ValueTest
{
    public override bool Passes(FieldValue value) => true;

    public override string ToString() => "EXISTS";
}

/// <summary>
/// A comparison with a number. A text that reads as a number compares by its value; any other one is not equal, and neither less nor greater.
/// </summary>
internal sealed class NumberTest(ComparisonOperator comparison, string number) : ValueTest
{
    private readonly Number _number = Number.TryParse(Encoding.UTF8.GetBytes(number), out var parsed)
        ? parsed
        : throw new ArgumentException($"'{number}' is not a number.", nameof(number));

    public override bool Passes(FieldValue value)
    {
        if (!value.IsComparable)
            return false;
        if (!Number.TryParse(value.Text, out var found))
            return comparison == ComparisonOperator.NotEqual;

        var order = found.CompareTo(_number);
        return comparison switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    public override string ToString() => $"{Symbol(comparison)} {number}";

    private static string Symbol(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };
}
