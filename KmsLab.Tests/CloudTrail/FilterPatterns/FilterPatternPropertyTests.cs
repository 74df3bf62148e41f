using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Tests.CloudTrail.FilterPatterns;

/// <summary>The compiled evaluator against a naive one that walks a JsonNode, over random patterns and messages; and printing against parsing.</summary>
public sealed class FilterPatternPropertyTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "c-d", "e.f", "ключ");
    private static readonly Gen<string> Text = Gen.OneOf("", "x", "xy", "x/y", "x\"y", "a\\b", "12", "12.0", "é", "xyxy");
    private static readonly Gen<string> GlobText = Gen.OneOf("*", "x*", "*y", "x*y", "*x*", "1*", "nothing");
    private static readonly Gen<string> NumberText = Gen.OneOf("0", "1", "12", "-3", "12.5", "1e1", "+7", "100");

    private static readonly Gen<JsonNode?> Message = Gen.Recursive<JsonNode?>((depth, child) => depth == 4
        ? Scalar
        : Gen.Frequency(
            (3, Scalar),
            (2, Gen.Dictionary(Name, child)[0, 4].Select(pairs => (JsonNode?)new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))))),
            (1, child.List[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])))));

    private static Gen<JsonNode?> Scalar => Gen.OneOf(
        Text.Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.OneOf("0", "1", "12", "12.0", "-3", "12.5", "1E1", "1e400").Select(number => JsonNode.Parse(number)),
        Gen.Bool.Select(flag => (JsonNode?)JsonValue.Create(flag)),
        Gen.Const((JsonNode?)null));

    private static readonly Gen<JsonObject> Event = Gen.Dictionary(Name, Message)[0, 5]
        .Select(pairs => new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))));

    [Fact]
    public void Json_pattern_agrees_with_a_naive_evaluator() =>
        Gen.Select(NaivePattern.Any(Name, Text, GlobText, NumberText), Event).Sample((pattern, message) =>
        {
            var parsed = FilterPattern.Parse(pattern.ToString());
            var expected = pattern.Matches(message);
            return parsed.Matches(message.ToJsonString()) == expected && parsed.Matches(message.ToJsonString(Relaxed)) == expected;
        }, iter: 20_000);

    [Fact]
    public void Printed_pattern_parses_to_itself() =>
        Gen.Select(NaivePattern.Any(Name, Text, GlobText, NumberText), Event).Sample((pattern, message) =>
        {
            var parsed = FilterPattern.Parse(pattern.ToString());
            var again = FilterPattern.Parse(parsed.ToString());
            return again.ToString() == parsed.ToString() && again.Matches(message.ToJsonString()) == parsed.Matches(message.ToJsonString());
        }, iter: 5_000);

    [Theory]
    [InlineData("ERROR \"a \\\"b\\\" \\\\\" -x ?y %a[bc]%")]
    [InlineData("")]
    [InlineData("[a, ..., b = 4* || b != 404 && b > 1]")]
    [InlineData("[ip, \t(b = %a% || b = 1) && b != c*, ]")]
    [InlineData("[]")]
    [InlineData("[,]")]
    [InlineData("{($.a=1||$.b=x*)&&$.['e.f'][2] NOT EXISTS&&$.c[*] is false}")]
    public void Printed_form_is_stable(string pattern)
    {
        var printed = FilterPattern.Parse(pattern).ToString();
        FilterPattern.Parse(printed).ToString().ShouldBe(printed);
    }

    [Fact]
    public void Any_text_is_a_pattern_or_a_clear_error() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.OneOf("{}[]()$.=!<>&|\"%\\*?- a1,'".ToCharArray()), 0, 40]).Sample(text =>
        {
            try
            {
                FilterPattern.Parse(text).Matches("{\"a\":1}");
            }
            catch (FilterPatternException e)
            {
                e.Position.ShouldBeInRange(0, Math.Min(text.Length, FilterPattern.MaxLength));
                e.Message.ShouldNotBeEmpty();
            }
        }, iter: 20_000);

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>A JSON pattern evaluated in the plainest way, straight from AWS's page.</summary>
internal abstract record NaivePattern
{
    public abstract bool Matches(JsonObject message);

    public static Gen<NaiveRoot> Any(Gen<string> name, Gen<string> text, Gen<string> glob, Gen<string> number)
    {
        var step = Gen.Frequency(
            (6, name.Select(n => n is "a" or "b" or "c-d" ? $".{n}" : $".['{n}']")),
            (2, Gen.Int[0, 2].Select(i => $"[{i}]")));
        var selector = Gen.Select(name, step.List[0, 2]).Select((first, rest) => (first is "a" or "b" or "c-d" ? $".{first}" : $".['{first}']") + string.Concat(rest));
        var test = Gen.OneOf(
            Gen.Select(Gen.OneOf("=", "!="), Gen.OneOf(text, glob)).Select((op, value) => (op, value, quoted: true)),
            Gen.Select(Gen.OneOf("=", "!=", "<", "<=", ">", ">="), number).Select((op, value) => (op, value, quoted: false)),
            Gen.OneOf("IS NULL", "IS TRUE", "IS FALSE", "EXISTS", "NOT EXISTS").Select(op => (op, value: "", quoted: false)));
        var leaf = Gen.Select(selector, test).Select((path, t) => (NaivePattern)new NaiveTest("$" + path, t.op, t.value, t.quoted));
        var tree = Gen.Recursive<NaivePattern>((depth, child) => depth == 3
            ? leaf
            : Gen.Frequency(
                (2, leaf),
                (1, Gen.Select(child, child).Select((l, r) => (NaivePattern)new NaiveBinary(l, "&&", r))),
                (1, Gen.Select(child, child).Select((l, r) => (NaivePattern)new NaiveBinary(l, "||", r)))));
        return tree.Select(root => new NaiveRoot(root)).Where(root => root.ToString().Length <= FilterPattern.MaxLength);
    }

    /// <summary>The values that <paramref name="path"/> leads to: none or one, null for a JSON null.</summary>
    protected static List<JsonNode?> Select(JsonNode root, string path)
    {
        JsonNode? node = root;
        foreach (var step in path[1..].Replace(".['", "\0", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).Replace("[", "\0[", StringComparison.Ordinal).Replace("e.f", "e\u0001f", StringComparison.Ordinal).Replace(".", "\0", StringComparison.Ordinal).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (node)
            {
                case JsonObject o when !step.StartsWith('[') && o.TryGetPropertyValue(step.Replace('\u0001', '.'), out var property):
                    node = property;
                    break;
                case JsonArray a when step.StartsWith('[') && int.Parse(step[1..^1], CultureInfo.InvariantCulture) < a.Count:
                    node = a[int.Parse(step[1..^1], CultureInfo.InvariantCulture)];
                    break;
                default:
                    return [];
            }
        }

        return [node];
    }
}

internal sealed record NaiveRoot(NaivePattern Root)
{
    public bool Matches(JsonObject message) => Root.Matches(message);

    public override string ToString() => $"{{ {Root} }}";
}

internal sealed record NaiveBinary(NaivePattern Left, string Operator, NaivePattern Right) : NaivePattern
{
    public override bool Matches(JsonObject message) =>
        Operator == "&&" ? Left.Matches(message) && Right.Matches(message) : Left.Matches(message) || Right.Matches(message);

    public override string ToString() => $"({Left} {Operator} {Right})";
}

internal sealed record NaiveTest(string Path, string Operator, string Operand, bool Quoted) : NaivePattern
{
    public override bool Matches(JsonObject message)
    {
        var found = Select(message, Path);
        if (Operator == "NOT EXISTS")
            return found.Count == 0;
        if (found.Count == 0)
            return false;

        return Operator switch
        {
            "EXISTS" => true,
            "IS NULL" => found[0] is null,
            "IS TRUE" => found[0]?.ToJsonString() == "true",
            "IS FALSE" => found[0]?.ToJsonString() == "false",
            _ => found[0] is JsonValue value && value.ToJsonString() is not ("true" or "false") && Compare(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()),
        };
    }

    public override string ToString() => Operator switch
    {
        "=" or "!=" when Quoted => $"{Path} {Operator} \"{Operand.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        _ => $"{Path}  {Operator} {Operand}",
    };

    private bool Compare(string text)
    {
        if (Quoted)
            return System.Text.RegularExpressions.Regex.IsMatch(text, $@"\A{System.Text.RegularExpressions.Regex.Escape(Operand).Replace(@"\*", ".*", StringComparison.Ordinal)}\z", System.Text.RegularExpressions.RegexOptions.Singleline) == (Operator == "=");
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || text.Length == 0)
            return Operator == "!=";

        var operand = double.Parse(Operand, NumberStyles.Float, CultureInfo.InvariantCulture);
        return Operator switch
        {
            "=" => number == operand,
            "!=" => number != operand,
            "<" => number < operand,
            "<=" => number <= operand,
            ">" => number > operand,
            _ => number >= operand,
        };
    }
}
