using System.Globalization;
using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>One step of a selector: into a property or an array element, a given one or (<c>*</c>) any.</summary>
internal readonly record struct SelectorStep(string? Property, int? Index, bool IsWildcard, bool IsArray)
{
    public static SelectorStep OfProperty(string name) => new(name, null, false, false);

    public static SelectorStep OfElement(int index) => new(null, index, false, true);

    public static SelectorStep AnyProperty { get; } = new(null, null, true, false);

    public static SelectorStep AnyElement { get; } = new(null, null, true, true);
}

/// <summary>A path into a JSON message: <c>$.a.b[0]</c>, <c>$.['a.b']</c>, <c>$.items[*].id</c>, <c>$.*</c>.</summary>
internal sealed class Selector(IReadOnlyList<SelectorStep> steps)
{
    public IReadOnlyList<SelectorStep> Steps => steps;

    public bool HasWildcard => steps.Any(step => step.IsWildcard);

    public static Selector Parse(ref PatternReader reader)
    {
        var start = reader.Position;
        if (!reader.TryTake("$"))
            throw reader.Expected("a property selector that begins with '$.'");

        var steps = new List<SelectorStep>();
        while (reader.Peek is '.' or '[')
            steps.Add(reader.TryTake(".") && reader.Peek != '[' ? ParseProperty(ref reader) : ParseBracket(ref reader));

        if (steps.Count == 0)
            throw reader.Expected("'.' and a property name after '$'");
        if (steps[0].IsArray)
            throw PatternReader.Error(start, "An array index must follow a property: expected '$.' and a property name");
        if (steps.Count(step => step.IsWildcard) > 1)
            throw PatternReader.Error(start, "A property selector has at most one wildcard");
        return new(steps);
    }

    public override string ToString()
    {
        var text = new StringBuilder("$");
        foreach (var step in steps)
        {
            text.Append(step switch
            {
                { IsWildcard: true, IsArray: true } => "[*]",
                { IsWildcard: true } => ".*",
                { Index: { } index } => string.Create(CultureInfo.InvariantCulture, $"[{index}]"),
                { Property: { } name } when name.All(IsNameCharacter) => "." + name,
                _ => $".['{step.Property}']",
            });
        }

        return text.ToString();
    }

    private static SelectorStep ParseProperty(ref PatternReader reader)
    {
        if (reader.TryTake("*"))
            return SelectorStep.AnyProperty;

        var name = reader.TakeWhile(IsNameCharacter);
        return name.Length > 0
            ? SelectorStep.OfProperty(name)
            : throw reader.Expected("a property name of letters, digits, '-' and '_', or ['name'] for any other");
    }

    private static SelectorStep ParseBracket(ref PatternReader reader)
    {
        reader.Expect('[', "before an array index");
        SelectorStep step;
        if (reader.Peek is '\'' or '"')
        {
            var quote = reader.Peek;
            reader.TryTake(quote.ToString());
            var name = reader.TakeWhile(c => c != quote);
            if (name.Length == 0 || !reader.TryTake(quote.ToString()))
                throw reader.Expected($"a property name and a closing {quote}");
            step = SelectorStep.OfProperty(name);
        }
        else if (reader.TryTake("*"))
        {
            step = SelectorStep.AnyElement;
        }
        else
        {
            var start = reader.Position;
            var digits = reader.TakeWhile(char.IsAsciiDigit);
            if (digits.Length == 0)
                throw reader.Expected("an array index, '*' or a property name in single quotes");
            step = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? SelectorStep.OfElement(index)
                : throw PatternReader.Error(start, $"The array index {digits} is too large");
        }

        reader.Expect(']', "after it");
        return step;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
