using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>A test and the selector of the values that it is put to.</summary>
internal readonly record struct SelectedTest(Selector Selector, ValueTest Test);

/// <summary>
/// A pattern in braces. A test passes if any of the values that its selector finds does: with a wildcard there may be many, with a missing field none.
/// </summary>
internal sealed class JsonPattern : FilterPattern
{
    private readonly Expression _expression;
    private readonly SelectedTest[] _tests;
    private readonly SelectorNode _root;
    private readonly RequiredText? _required;

    public JsonPattern(Expression expression, IReadOnlyList<SelectedTest> tests)
    {
        _expression = expression;
        _tests = [.. tests];
        _root = SelectorNode.Build(_tests.Select(test => test.Selector));
        _required = RequiredText.Of(expression, _tests);
    }

    public override int RegexCount => _tests.Count(test => test.Test is RegexTest);

    public override bool Matches(ReadOnlySpan<byte> utf8Message)
    {
        if (_required is not null && !_required.MayBeIn(utf8Message))
            return false;

        // A pattern of 1,024 characters has at most about 150 tests.
        Span<bool> passed = stackalloc bool[_tests.Length];
        passed.Clear();
        var sink = new TestSink(_tests, passed);
        return JsonWalk.TryRun(utf8Message, _root, ref sink) && _expression.Evaluate(passed);
    }

    public override FieldReference Field(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var reader = new PatternReader(reference);
        var selector = Selector.Parse(ref reader);
        reader.ExpectEnd("the property selector");
        return new JsonField(selector);
    }

    public override string ToString() => $"{{ {ExpressionParser.Print(_expression, Print)} }}";

    private string Print(TestExpression expression)
    {
        var (selector, test) = _tests[expression.Test];
        return $"{selector} {(expression.Negated ? "NOT " : "")}{test}";
    }

    private readonly ref struct TestSink(SelectedTest[] tests, Span<bool> passed) : IValueSink
    {
        private readonly Span<bool> _passed = passed;

        public void Visit(int leaf, FieldValue value) => _passed[leaf] = _passed[leaf] || tests[leaf].Test.Passes(value);
    }

    private sealed class JsonField(Selector selector) : FieldReference
    {
        private readonly SelectorNode _root = SelectorNode.Build([selector]);

        public override string? Read(ReadOnlySpan<byte> utf8Message)
        {
            var sink = new TextSink();
            return JsonWalk.TryRun(utf8Message, _root, ref sink) ? sink.Text : null;
        }
    }

    private struct TextSink : IValueSink
    {
        public string? Text { get; private set; }

        public void Visit(int leaf, FieldValue value)
        {
            if (value.Kind is not (FieldKind.Null or FieldKind.Container))
                Text ??= Encoding.UTF8.GetString(value.Text);
        }
    }
}
