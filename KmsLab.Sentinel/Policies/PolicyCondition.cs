using System.Globalization;
using System.Net;
using System.Text.Json;

namespace KmsLab.Sentinel.Policies;

/// <summary>How a condition takes a call that has several values of its key.</summary>
internal enum ConditionQuantifier
{
    /// <summary>The key has one value.</summary>
    One,

    /// <summary><c>ForAnyValue:</c>, at least one of the call's values fits; a call without the key does not.</summary>
    Any,

    /// <summary><c>ForAllValues:</c>, each of the call's values fits; a call without the key does.</summary>
    All,
}

/// <summary>One condition: an operator, a key and the values of which one must fit.</summary>
/// <param name="Operator">In lower case, without <c>ForAnyValue:</c> and <c>IfExists</c>.</param>
/// <param name="Key">In lower case, such as <c>kms:calleraccount</c>.</param>
/// <param name="Values">As they are written.</param>
/// <param name="Quantifier">How several values are taken.</param>
/// <param name="IfExists">Whether it was written to hold when the call has no such key.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html</remarks>
internal sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values, ConditionQuantifier Quantifier = ConditionQuantifier.One, bool IfExists = false)
{
    private const string ForAllValues = "forallvalues:";
    private const string ForAnyValue = "foranyvalue:";
    private const string IfExistsSuffix = "ifexists";

    /// <summary>Keys of which a call may have several values.</summary>
    private static readonly HashSet<string> ManyValued =
    [
        "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:sourceorgpaths", "aws:tagkeys", "kms:encryptioncontextkeys", "kms:grantoperations",
        "kms:resourcealiases",
    ];

    /// <summary>Whether one of the values must be the call's.</summary>
    public bool IsPositive => Operator is "stringequals" or "stringequalsignorecase" or "stringlike" or "arnequals" or "arnlike" or "ipaddress";

    /// <summary>Whether none of the values may be the call's.</summary>
    public bool IsNegative => Operator is "stringnotequals" or "stringnotequalsignorecase" or "stringnotlike" or "arnnotequals" or "arnnotlike" or "notipaddress";

    /// <summary>Whether it also holds when the call has no such key: negated operators do, unless for any value.</summary>
    public bool HoldsWhenMissing => IfExists || Quantifier == ConditionQuantifier.All || IsNegative && Quantifier == ConditionQuantifier.One;

    /// <summary>Whether <see cref="Values"/> are patterns; else a star in them is a star.</summary>
    public bool IsPattern => Operator is "stringlike" or "stringnotlike" or "arnlike" or "arnequals" or "arnnotlike" or "arnnotequals";

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

    /// <summary>
    /// Whether <paramref name="other"/> holds for every call for which this one does, as far as their text shows: then it is as narrow, or narrower. Unsure means
    /// no.
    /// </summary>
    public bool Implies(PolicyCondition other)
    {
        if (Key != other.Key || HoldsWhenMissing && !other.HoldsWhenMissing)
            return false;
        if (Quantifier != ConditionQuantifier.All && other.Quantifier == ConditionQuantifier.All && ManyValued.Contains(Key))
            return false;
        if (IsNegative)
            return other.IsNegative && other.Values.All(value => Values.Any(mine => Fits(mine, this, value, other)));
        if (IsPositive)
            return other.IsPositive && Values.All(value => other.Values.Any(theirs => Fits(theirs, other, value, this)));
        return Operator == other.Operator && (Bound(other) ?? Values.All(other.Values.Contains));
    }

    public override string ToString()
    {
        var quantifier = Quantifier switch { ConditionQuantifier.Any => ForAnyValue, ConditionQuantifier.All => ForAllValues, _ => "" };
        return $"{quantifier}{Operator}{(IfExists ? IfExistsSuffix : "")}:{Key}={string.Join(',', Values.Order(StringComparer.Ordinal))}";
    }

    private static PolicyCondition Create(string name, string key, IReadOnlyList<string> values)
    {
        var quantifier = name.StartsWith(ForAllValues, StringComparison.Ordinal) ? ConditionQuantifier.All
            : name.StartsWith(ForAnyValue, StringComparison.Ordinal) ? ConditionQuantifier.Any : ConditionQuantifier.One;
        if (quantifier != ConditionQuantifier.One)
            name = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var ifExists = name.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        return new(ifExists ? name[..^IfExistsSuffix.Length] : name, key, values, quantifier, ifExists);
    }

    /// <summary>Whether everything that fits <paramref name="narrow"/> fits <paramref name="wide"/>.</summary>
    private static bool Fits(string wide, PolicyCondition wideOf, string narrow, PolicyCondition narrowOf)
    {
        if (wideOf.Operator.EndsWith("ipaddress", StringComparison.Ordinal) || narrowOf.Operator.EndsWith("ipaddress", StringComparison.Ordinal))
            return wideOf.Operator == narrowOf.Operator && IsWithin(narrow, wide);

        var ignoresCase = wideOf.Operator.EndsWith("ignorecase", StringComparison.Ordinal);
        if (narrowOf.Operator.EndsWith("ignorecase", StringComparison.Ordinal) && !ignoresCase)
            return false;
        var comparison = ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (narrowOf.IsPattern && PolicyPattern.HasWildcard(narrow))
            return wideOf.IsPattern && (wide == narrow || !wide.Contains('?', StringComparison.Ordinal) && PolicyPattern.Matches(wide, narrow));
        return wideOf.IsPattern ? PolicyPattern.Matches(wide, narrow) : string.Equals(wide, narrow, comparison);
    }

    private static bool IsWithin(string narrow, string wide) =>
        wide == narrow || NetworkOf(wide) is { } outer && NetworkOf(narrow) is { } inner && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);

    private static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;

    /// <summary>For an operator with one bound: whether this one's is as narrow. Null for other operators.</summary>
    private bool? Bound(PolicyCondition other)
    {
        var isUpper = Operator.Contains("lessthan", StringComparison.Ordinal);
        if (!isUpper && !Operator.Contains("greaterthan", StringComparison.Ordinal) || Values is not [var mine] || other.Values is not [var theirs])
            return null;
        if (NumberOf(mine) is not { } bound || NumberOf(theirs) is not { } limit)
            return mine == theirs;
        return isUpper ? bound <= limit : bound >= limit;
    }

    private static decimal? NumberOf(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : null;
}
