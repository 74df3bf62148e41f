using System.Text.Json;

namespace KmsLab.Sentinel.Policies;

/// <summary>A resource policy, read as AWS reads it: element names, actions, operators and condition keys in any case, one value or a list of them.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal sealed record PolicyDocument(IReadOnlyList<PolicyStatement> Statements)
{
    /// <summary>The policy of a key that nobody may use.</summary>
    public static PolicyDocument Empty { get; } = new([]);

    /// <summary>Reads a policy.</summary>
    /// <exception cref="FormatException">It is no policy; the message never quotes it.</exception>
    public static PolicyDocument Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var statements = PolicyJson.Element(document.RootElement, "Statement");
            return new([.. PolicyJson.Each(statements).Select(PolicyStatement.Read)]);
        }
        catch (JsonException problem)
        {
            throw new FormatException("The policy is not valid JSON.", problem);
        }
    }
}

/// <summary>One statement.</summary>
/// <param name="Allows">Whether it allows; else it denies.</param>
/// <param name="Principals">Whom it is about.</param>
/// <param name="Actions">Which operations it is about.</param>
/// <param name="Resources">Which resources it is about.</param>
/// <param name="Conditions">What must hold, all of it.</param>
internal sealed record PolicyStatement(
    bool Allows, PolicyPrincipals Principals, ActionSet Actions, ResourceSet Resources, IReadOnlyList<PolicyCondition> Conditions)
{
    public static PolicyStatement Read(JsonElement statement)
    {
        if (statement.ValueKind != JsonValueKind.Object)
            throw new FormatException("A statement of the policy is not an object.");

        return new(
            PolicyJson.Text(PolicyJson.Element(statement, "Effect")) == "Allow",
            PolicyPrincipals.Read(statement),
            ActionSet.Read(statement),
            ResourceSet.Read(statement),
            [.. PolicyCondition.ReadAll(PolicyJson.Element(statement, "Condition"))]);
    }
}

/// <summary>Resources, or all but these. A statement of a key policy that names none has no effect, and one that names another key has none on this one.</summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html</remarks>
internal sealed record ResourceSet(IReadOnlyList<string> Patterns, bool IsNegated)
{
    /// <summary>Whether a key is among them.</summary>
    /// <param name="keyArn">The key's ARN; null for a key of which nobody knows it.</param>
    public bool Includes(string? keyArn) =>
        Patterns.Count > 0 && IsNegated != Patterns.Any(pattern => pattern == "*" || keyArn is not null && PolicyPattern.Matches(pattern, keyArn));

    public static ResourceSet Read(JsonElement statement) => PolicyJson.Element(statement, "Resource") is { ValueKind: not JsonValueKind.Undefined } resources
        ? new([.. PolicyJson.Texts(resources)], false)
        : new([.. PolicyJson.Texts(PolicyJson.Element(statement, "NotResource"))], true);
}

/// <summary>Actions, or all but these.</summary>
internal sealed record ActionSet(IReadOnlyList<string> Patterns, bool IsNegated)
{
    /// <summary>Whether a KMS operation is among them.</summary>
    public bool Includes(string operation) => IsNegated != Patterns.Any(pattern => PolicyPattern.Matches(pattern, "kms:" + operation));

    public static ActionSet Read(JsonElement statement) => PolicyJson.Element(statement, "Action") is { ValueKind: not JsonValueKind.Undefined } actions
        ? new([.. PolicyJson.Texts(actions)], false)
        : new([.. PolicyJson.Texts(PolicyJson.Element(statement, "NotAction"))], true);
}

/// <summary>Matches <c>*</c> and <c>?</c>, in any case.</summary>
internal static class PolicyPattern
{
    public static bool Matches(string pattern, string text) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text);

    public static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?');
}
