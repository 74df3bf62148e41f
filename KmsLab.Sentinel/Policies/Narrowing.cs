namespace KmsLab.Sentinel.Policies;

/// <summary>What conditions make of <c>everyone</c>: the callers that remain.</summary>
/// <remarks>
/// Only keys that say who calls, or from where, narrow it. <c>kms:ViaService</c> and <c>kms:EncryptionContext</c> say how a key is used, and by whom they
/// don't: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html. A value that fits anything narrows nothing, and neither does a
/// condition that holds when the key is missing, except for keys that every call has.
/// </remarks>
internal static class Narrowing
{
    // In the order of how precisely they say who.
    private static readonly (string Key, AudienceKind Kind, bool IsAlwaysThere)[] Keys =
    [
        ("aws:principalarn", AudienceKind.Principal, true),
        ("aws:userid", AudienceKind.Principal, true),
        ("kms:calleraccount", AudienceKind.EveryoneOfAccount, true),
        ("aws:principalaccount", AudienceKind.EveryoneOfAccount, true),
        ("aws:sourceaccount", AudienceKind.EveryoneOfAccount, false),
        ("aws:sourceowner", AudienceKind.EveryoneOfAccount, false),
        ("aws:sourcearn", AudienceKind.Principal, false),
        ("aws:principalorgid", AudienceKind.Organization, false),
        ("aws:principalorgpaths", AudienceKind.Organization, false),
        ("aws:sourceorgid", AudienceKind.Organization, false),
        ("aws:sourceorgpaths", AudienceKind.Organization, false),
        ("aws:sourcevpce", AudienceKind.Network, false),
        ("aws:sourcevpc", AudienceKind.Network, false),
        ("aws:vpcsourceip", AudienceKind.Network, false),
        ("aws:sourceip", AudienceKind.Network, true),
    ];

    /// <summary>Whom an Allow of <paramref name="audience"/> lets in under <paramref name="conditions"/>.</summary>
    /// <param name="audience">Whom the statement names.</param>
    /// <param name="conditions">Its conditions.</param>
    /// <param name="rest">The conditions that say more than who calls.</param>
    public static IReadOnlyList<Audience> Of(Audience audience, IReadOnlyList<PolicyCondition> conditions, out IReadOnlyList<PolicyCondition> rest)
    {
        rest = conditions;
        if (audience.Kind != AudienceKind.Everyone || Remaining(conditions.Where(condition => condition.IsPositive), mayBeMissing: false) is not var (audiences, by))
            return [audience];

        rest = [.. conditions.Where(condition => condition != by)];
        return audiences;
    }

    /// <summary>Whom a Deny of all but these leaves.</summary>
    /// <returns>Null when it is no such Deny: it has another condition, which would let others through.</returns>
    public static IReadOnlyList<Audience>? LeftBy(IReadOnlyList<PolicyCondition> conditions)
    {
        // Exempting AWS's own services from the Deny is usual, and lets no principal through.
        var essential = conditions.Where(condition => !ExemptsServices(condition)).ToList();
        return essential is [{ IsNegative: true, HoldsWhenMissing: true }] ? Remaining(essential, mayBeMissing: true)?.Audiences : null;
    }

    /// <summary>Whether a condition holds for every call by a principal, and not for those of AWS's services.</summary>
    private static bool ExemptsServices(PolicyCondition condition) =>
        condition is { Operator: "bool", Key: "aws:principalisawsservice", Values: [var value] } && string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    private static (List<Audience> Audiences, PolicyCondition By)? Remaining(IEnumerable<PolicyCondition> conditions, bool mayBeMissing)
    {
        var candidates = conditions.ToList();
        foreach (var (key, kind, isAlwaysThere) in Keys)
        {
            foreach (var condition in candidates.Where(condition => condition.Key == key && (mayBeMissing || isAlwaysThere || !condition.HoldsWhenMissing)))
            {
                // Operators without patterns take a star for a star, which no call has.
                var possible = condition.Values.Where(value => condition.IsPattern || kind == AudienceKind.Network || !PolicyPattern.HasWildcard(value));
                if (condition.Values.Count > 0 && possible.All(value => IsNarrow(kind, value)))
                    return ([.. possible.Select(value => new Audience(kind, value))], condition);
            }
        }

        return null;
    }

    /// <summary>Whether a condition of an Allow holds for all of <paramref name="audience"/>, whatever and however it calls.</summary>
    public static bool IsVoid(PolicyCondition condition, Audience audience) => condition switch
    {
        // KMS answers over TLS only: https://docs.aws.amazon.com/kms/latest/developerguide/data-protection.html
        { Operator: "bool", Key: "aws:securetransport", Values: [var value] } => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase),
        { Operator: "null", Values: [var value] } => IsAlwaysThere(condition.Key) && string.Equals(value, "false", StringComparison.OrdinalIgnoreCase),
        { Key: "kms:calleraccount" or "aws:principalaccount", IsPositive: true } when audience.AccountId is { } account && condition.Values.Contains(account) => true,
        { Operator: "ipaddress" } => condition.Values.Contains("0.0.0.0/0"),
        { IsPositive: true, IsPattern: true } => (IsAlwaysThere(condition.Key) || condition.HoldsWhenMissing) && condition.Values.Contains("*"),
        _ => false,
    };

    private static bool IsAlwaysThere(string key) => Keys.Any(entry => entry.Key == key && entry.IsAlwaysThere);

    private static bool IsNarrow(AudienceKind kind, string value) => kind switch
    {
        AudienceKind.Principal when value.StartsWith("arn:", StringComparison.Ordinal) => Audience.AccountOfArn(value) is not null || value.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) && !value.EndsWith(":::*", StringComparison.Ordinal),
        AudienceKind.Principal => value.Split(':')[0] is { Length: > 4 } id && !PolicyPattern.HasWildcard(id),
        AudienceKind.EveryoneOfAccount => Audience.IsAccount(value),
        AudienceKind.Organization => value.Split('/')[0] is { Length: > 2 } id && !PolicyPattern.HasWildcard(id),
        _ => !PolicyPattern.HasWildcard(value) && !value.EndsWith("/0", StringComparison.Ordinal),
    };
}
