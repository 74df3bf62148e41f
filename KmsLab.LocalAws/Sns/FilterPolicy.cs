using System.Globalization;
using System.Text.Json;

namespace KmsLab.LocalAws.Sns;

/// <summary>A subscription's filter policy on message attributes: every key must match one of its conditions.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html. <c>cidr</c>, <c>wildcard</c> and <c>$or</c> are refused, not ignored.</remarks>
internal sealed class FilterPolicy
{
    private const int MaxKeys = 5;
    private const int MaxCombinations = 150;

    private readonly List<(string Name, List<Func<IReadOnlyList<string>?, bool>> Any)> _keys = [];

    private FilterPolicy()
    {
    }

    /// <exception cref="Wire.AwsException">InvalidParameter: not a policy, or one with conditions that are not served.</exception>
    public static FilterPolicy Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw Invalid("Filter policy must be a JSON object");
            var policy = new FilterPolicy();
            foreach (var key in json.RootElement.EnumerateObject())
            {
                if (key.Name == "$or" || key.Value.ValueKind != JsonValueKind.Array)
                    throw Invalid($"\"{key.Name}\" must be an object or an array, and KmsLab LocalAws serves arrays of conditions only");
                policy._keys.Add((key.Name, [.. key.Value.EnumerateArray().Select(Condition)]));
            }

            if (policy._keys.Count > MaxKeys)
                throw Invalid("Filter policy can not have more than 5 keys");
            if (policy._keys.Aggregate(1L, (combinations, key) => Math.Min(combinations * Math.Max(key.Any.Count, 1), int.MaxValue)) > MaxCombinations)
                throw Invalid("Filter policy is too complex");
            return policy;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw Invalid("failed to parse JSON");
        }
    }

    public bool Matches(IReadOnlyDictionary<string, MessageAttributeValue> attributes) =>
        _keys.TrueForAll(key => key.Any.Exists(condition => condition(Values(attributes.GetValueOrDefault(key.Name)))));

    /// <summary>An attribute's values: those of a String.Array one by one. Null when it is absent.</summary>
    private static IReadOnlyList<string>? Values(MessageAttributeValue? attribute)
    {
        if (attribute?.StringValue is not { } text)
            return attribute is null ? null : [];
        if (attribute.DataType != "String.Array")
            return [text];

        try
        {
            using var array = JsonDocument.Parse(text);
            return [.. array.RootElement.EnumerateArray().Select(item => item.ToString())];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static Func<IReadOnlyList<string>?, bool> Condition(JsonElement condition)
    {
        switch (condition.ValueKind)
        {
            case JsonValueKind.String:
                var text = condition.GetString()!;
                return values => values?.Contains(text) == true;
            case JsonValueKind.Number:
                var number = condition.GetDecimal();
                return values => values?.Any(value => Number(value) == number) == true;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                var word = condition.GetRawText();
                return values => values?.Contains(word) == true;
            case JsonValueKind.Object when condition.EnumerateObject().Count() == 1:
                return Operator(condition.EnumerateObject().Single());
            default:
                throw Invalid("a condition must be a value or an object with one operator");
        }
    }

    private static Func<IReadOnlyList<string>?, bool> Operator(JsonProperty rule)
    {
        switch (rule.Name, rule.Value.ValueKind)
        {
            case ("exists", JsonValueKind.True):
                return values => values is not null;
            case ("exists", JsonValueKind.False):
                return values => values is null;
            case ("prefix", JsonValueKind.String):
                var prefix = rule.Value.GetString()!;
                return values => values?.Any(value => value.StartsWith(prefix, StringComparison.Ordinal)) == true;
            case ("suffix", JsonValueKind.String):
                var suffix = rule.Value.GetString()!;
                return values => values?.Any(value => value.EndsWith(suffix, StringComparison.Ordinal)) == true;
            case ("equals-ignore-case", JsonValueKind.String):
                var same = rule.Value.GetString()!;
                return values => values?.Any(value => value.Equals(same, StringComparison.OrdinalIgnoreCase)) == true;
            case ("anything-but", JsonValueKind.Array):
                List<Func<IReadOnlyList<string>?, bool>> several = [.. rule.Value.EnumerateArray().Select(Condition)];
                return values => values?.Any(value => !several.Exists(condition => condition([value]))) == true;
            case ("anything-but", _):
                var one = Condition(rule.Value);
                return values => values?.Any(value => !one([value])) == true;
            case ("numeric", JsonValueKind.Array) when rule.Value.GetArrayLength() is 2 or 4:
                return Numeric([.. rule.Value.EnumerateArray()]);
            default:
                throw Invalid($"KmsLab LocalAws doesn't serve the operator {rule.Name} with that value");
        }
    }

    private static Func<IReadOnlyList<string>?, bool> Numeric(JsonElement[] parts)
    {
        List<Func<decimal, bool>> bounds = [];
        for (var i = 0; i < parts.Length; i += 2)
        {
            if (parts[i].ValueKind != JsonValueKind.String || parts[i + 1].ValueKind != JsonValueKind.Number)
                throw Invalid("numeric takes operators and numbers in turn");
            var bound = parts[i + 1].GetDecimal();
            bounds.Add(parts[i].GetString() switch
            {
                "=" => value => value == bound,
                "<" => value => value < bound,
                "<=" => value => value <= bound,
                ">" => value => value > bound,
                ">=" => value => value >= bound,
                _ => throw Invalid("numeric takes =, <, <=, > and >="),
            });
        }

        return values => values?.Any(value => Number(value) is { } number && bounds.TrueForAll(bound => bound(number))) == true;
    }

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Wire.AwsException Invalid(string why) => SnsErrors.Invalid($"FilterPolicy: {why}");
}
