using System.Globalization;
using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>A field of a space-delimited pattern: a name, conditions on it, both or neither; or the ellipsis, which stands for any number of fields.</summary>
internal sealed class DelimitedField(string? name, Expression? condition, List<ValueTest> tests, bool isEllipsis = false)
{
    public static DelimitedField Ellipsis { get; } = new(null, null, [], isEllipsis: true);

    public static DelimitedField Unnamed { get; } = new(null, null, []);

    public string? Name => name;

    public bool IsEllipsis => isEllipsis;

    public int RegexCount => tests.Count(test => test is RegexTest);

    public bool Accepts(ReadOnlySpan<byte> text)
    {
        if (condition is null)
            return true;

        Span<bool> passed = stackalloc bool[tests.Count];
        for (var i = 0; i < passed.Length; i++)
            passed[i] = tests[i].Passes(new FieldValue(FieldKind.Text, text));
        return condition.Evaluate(passed);
    }

    public override string ToString() => this switch
    {
        { IsEllipsis: true } => "...",
        _ when condition is null => name ?? "",
        _ => ExpressionParser.Print(condition, test => $"{name} {tests[test.Test]}"),
    };
}

/// <summary>
/// A pattern in brackets: fields by their place, counted from both ends of an ellipsis. Without one, the last field takes the rest of the message
/// (AWS's <c>[w1=ERROR, w2]</c> matches a line of six words).
/// </summary>
internal sealed class SpaceDelimitedPattern(IReadOnlyList<DelimitedField> fields) : FilterPattern
{
    private readonly DelimitedField[] _fields = [.. fields];
    private readonly int _ellipsis = fields.ToList().FindIndex(field => field.IsEllipsis);

    public override bool MatchesEverything => _fields.Length == 0;

    public override int RegexCount => _fields.Sum(each => each.RegexCount);

    public override bool Matches(ReadOnlySpan<byte> utf8Message)
    {
        var words = DelimitedWords.Split(utf8Message);
        return Align(words) is { } shift && Accepts(utf8Message, words, shift);
    }

    public override FieldReference Field(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var isPosition = reference.Length > 1 && int.TryParse(reference.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0;
        if (reference.Length < 2 || reference[0] != '$' || (!isPosition && !_fields.Any(field => field.Name == reference[1..])))
            throw new FilterPatternException(0, $"The pattern has no field '{reference}': expected $ and a field's name or position");
        return new DelimitedFieldReference(this, reference);
    }

    public override IReadOnlyDictionary<string, string> ExtractFields(ReadOnlySpan<byte> utf8Message)
    {
        var words = DelimitedWords.Split(utf8Message);
        var values = new Dictionary<string, string>();
        if (Align(words) is not { } shift)
            return values;

        for (var i = 0; i < words.Count; i++)
            values["$" + (FieldOf(i, shift)?.Name ?? (i + 1).ToString(CultureInfo.InvariantCulture))] = Encoding.UTF8.GetString(words.Text(utf8Message, i));
        return values;
    }

    public override string ToString() => $"[{string.Join(", ", _fields.AsEnumerable())}]";

    /// <summary>How many fields the ellipsis takes (less the place it takes itself), or null if the message has too few.</summary>
    private int? Align(DelimitedWords words)
    {
        if (_fields.Length == 0)
            return 0;
        if (_ellipsis >= 0)
            return words.Count >= _fields.Length - 1 ? words.Count - _fields.Length : null;
        if (words.Count < _fields.Length)
            return null;

        words.JoinFrom(_fields.Length - 1);
        return 0;
    }

    private bool Accepts(ReadOnlySpan<byte> message, DelimitedWords words, int shift)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            var field = _fields[i];
            if (!field.IsEllipsis && !field.Accepts(words.Text(message, _ellipsis >= 0 && i > _ellipsis ? i + shift : i)))
                return false;
        }

        return true;
    }

    /// <summary>The pattern's field for a word, or null if the ellipsis, or no field, stands for it.</summary>
    private DelimitedField? FieldOf(int word, int shift)
    {
        var field = _ellipsis < 0 || word < _ellipsis ? word : word - shift;
        return field < _fields.Length && (_ellipsis < 0 || word < _ellipsis || field > _ellipsis) ? _fields[field] : null;
    }

    private sealed class DelimitedFieldReference(SpaceDelimitedPattern pattern, string reference) : FieldReference
    {
        public override string? Read(ReadOnlySpan<byte> utf8Message)
        {
            var words = DelimitedWords.Split(utf8Message);
            if (pattern.Align(words) is not { } shift)
                return null;

            for (var i = 0; i < words.Count; i++)
            {
                var position = (i + 1).ToString(CultureInfo.InvariantCulture);
                if (reference.AsSpan(1).SequenceEqual(pattern.FieldOf(i, shift)?.Name ?? position) || reference.AsSpan(1).SequenceEqual(position))
                    return Encoding.UTF8.GetString(words.Text(utf8Message, i));
            }

            return null;
        }
    }
}
