using System.Text;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The rule of a composite alarm: <c>ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))</c>, <c>TRUE</c>, <c>FALSE</c>.</summary>
/// <remarks>NOT binds before AND, AND before OR. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html</remarks>
internal sealed class AlarmRule
{
    private readonly Func<Func<string, string>, bool> _holds;

    private AlarmRule(Func<Func<string, string>, bool> holds, IReadOnlyList<string> names) => (_holds, Names) = (holds, names);

    /// <summary>The alarms that it asks about, each once, as it names them: by name or ARN.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Tells whether it holds.</summary>
    /// <param name="stateOf">The state of an alarm that it names.</param>
    public bool Holds(Func<string, string> stateOf) => _holds(stateOf);

    /// <summary>Reads a rule.</summary>
    /// <exception cref="Wire.AwsException">ValidationError: it is none, or too long a one.</exception>
    public static AlarmRule Parse(string text)
    {
        var parser = new Parser(text);
        var holds = parser.Read();
        return new(holds, [.. parser.Names.Distinct(StringComparer.Ordinal)]);
    }

    private sealed class Parser(string text)
    {
        private const int MaxElements = 500;
        private const int MaxChildren = 100;

        private int _at;
        private int _elements;

        public List<string> Names { get; } = [];

        public Func<Func<string, string>, bool> Read()
        {
            var rule = Or();
            Skip();
            if (_at < text.Length)
                throw Wrong($"unexpected '{text[_at]}' at position {_at + 1}");
            return rule;
        }

        private Func<Func<string, string>, bool> Or()
        {
            var left = And();
            while (TryWord("OR"))
            {
                var (first, second) = (left, And());
                left = stateOf => first(stateOf) || second(stateOf);
            }

            return left;
        }

        private Func<Func<string, string>, bool> And()
        {
            var left = Not();
            while (TryWord("AND"))
            {
                var (first, second) = (left, Not());
                left = stateOf => first(stateOf) && second(stateOf);
            }

            return left;
        }

        private Func<Func<string, string>, bool> Not()
        {
            Count();
            if (TryWord("NOT"))
            {
                var inner = Not();
                return stateOf => !inner(stateOf);
            }

            if (TrySign('('))
            {
                var inner = Or();
                Expect(')');
                return inner;
            }

            if (TryWord("TRUE"))
                return _ => true;
            if (TryWord("FALSE"))
                return _ => false;
            foreach (var state in (ReadOnlySpan<string>)[AlarmState.Alarm, AlarmState.Ok, AlarmState.InsufficientData])
            {
                if (!TryWord(state))
                    continue;
                var name = Name();
                return stateOf => stateOf(name) == state;
            }

            throw Wrong(_at < text.Length ? $"unexpected '{text[_at]}' at position {_at + 1}" : "it ends too early");
        }

        private string Name()
        {
            Expect('(');
            Skip();
            var name = TrySign('"') ? Quoted() : Bare();
            Expect(')');
            if (name.Length == 0)
                throw Wrong("an alarm's name is empty");
            Names.Add(name);
            if (Names.Distinct(StringComparer.Ordinal).Count() > MaxChildren)
                throw Wrong($"it asks about more than {MaxChildren} alarms");
            return name;
        }

        private string Quoted()
        {
            var name = new StringBuilder();
            for (; _at < text.Length && text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length)
                    _at++;
                name.Append(text[_at]);
            }

            Expect('"');
            return name.ToString();
        }

        private string Bare()
        {
            var end = text.IndexOf(')', _at);
            if (end < 0)
                throw Wrong("it ends too early");
            var name = text[_at..end].Trim();
            _at = end;
            return name;
        }

        private bool TryWord(string word)
        {
            Skip();
            if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0)
                return false;
            var end = _at + word.Length;
            if (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                return false;
            _at = end;
            return true;
        }

        private bool TrySign(char sign)
        {
            Skip();
            if (_at >= text.Length || text[_at] != sign)
                return false;
            _at++;
            return true;
        }

        private void Expect(char sign)
        {
            if (!TrySign(sign))
                throw Wrong($"'{sign}' is missing at position {_at + 1}");
        }

        private void Skip()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
        }

        private void Count()
        {
            if (++_elements > MaxElements)
                throw Wrong($"it has more than {MaxElements} elements");
        }

        private static Wire.AwsException Wrong(string why) => CloudWatchErrors.Validation($"AlarmRule must be a valid expression: {why}.");
    }
}
