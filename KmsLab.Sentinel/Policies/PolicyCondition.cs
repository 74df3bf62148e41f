using System.Text.Json;

namespace KmsLab.Sentinel.Policies;

/// <summary>One condition: an operator, a key and the values of which one must fit.</summary>
/// <param name="Operator">In lower case, without <c>ForAnyValue:</c> and <c>IfExists</c>.</param>
/// <param name="Key">In lower case, such as <c>kms:calleraccount</c>.</param>
/// <param name="Values">As they are written.</param>
/// <param name="HoldsWhenMissing">Whether it also holds when the call has no such key: <c>IfExists</c> and <c>ForAllValues:</c>.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html</remarks>
internal sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values, bool HoldsWhenMissing)
{
    private const string ForAllValues = "forallvalues:";
    private const string ForAnyValue = "foranyvalue:";
    private const string IfExists = "ifexists";

    /// <summary>Whether one of the values must be the call's.</summary>
    public bool IsPositive => Operator is "stringequals" or "stringequalsignorecase" or "stringlike" or "arnequals" or "arnlike" or "ipaddress";

    /// <summary>Whether none of the values may be the call's.</summary>
    public bool IsNegative => Operator is "stringnotequals" or "stringnotequalsignorecase" or "stringnotlike" or "arnnotequals" or "arnnotlike";

    public static IEnumerable<PolicyCondition> ReadAll(JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object)
            yield break;

        foreach (var (name, keys) in condition.EnumerateObject().Select(member => (member.Name, member.Value)).Where(member => member.Value.ValueKind == JsonValueKind.Object))
        {
            foreach (var key in keys.EnumerateObject())
                yield return Create(name.ToLowerInvariant(), key.Name.ToLowerInvariant(), [.. PolicyJson.Texts(key.Value)]);
        }
    }

    public override string ToString() => $"{Operator}{(HoldsWhenMissing ? IfExists : "")}:{Key}={string.Join(',', Values.Order(StringComparer.Ordinal))}";

    private static PolicyCondition Create(string name, string key, IReadOnlyList<string> values)
    {
        var holdsWhenMissing = name.StartsWith(ForAllValues, StringComparison.Ordinal) || name.EndsWith(IfExists, StringComparison.Ordinal);
        if (name.StartsWith(ForAllValues, StringComparison.Ordinal) || name.StartsWith(ForAnyValue, StringComparison.Ordinal))
            name = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return new(name.EndsWith(IfExists, StringComparison.Ordinal) ? name[..^IfExists.Length] : name, key, values, holdsWhenMissing);
    }
}
