namespace KmsLab.Sentinel.Policies;

/// <summary>Keys of conditions, as far as they say something of calls that a role's session makes itself.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html</remarks>
internal static class CallKeys
{
    /// <summary>With what the unique ids of roles begin.</summary>
    private const string RoleIds = "AROA";

    /// <summary>Keys that only other calls have: those of users, of federated people, and what services do on somebody's behalf.</summary>
    private static readonly HashSet<string> Absent = new(StringComparer.Ordinal)
    {
        "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:federatedprovider", "aws:multifactorauthage", "aws:principalservicename", "aws:principalservicenameslist",
        "aws:referer", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "kms:granteeprincipal",
        "kms:recipientattestation:imagesha384", "kms:retiringprincipal", "kms:viaservice",
    };

    private static readonly string[] AbsentPrefixes = ["aws:principaltag/", "aws:requesttag/", "kms:recipientattestation:", "saml:", "cognito-identity.amazonaws.com:"];

    /// <summary>Tells whether a call by a role's session has no such key. Roles have tags only where somebody gave them some: a policy that they pass says so.</summary>
    public static bool IsAbsent(string key) => Absent.Contains(key) || Array.Exists(AbsentPrefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Judges a condition on <c>aws:userid</c> for a principal: a role's is <c>AROA...:session</c>, with whatever session.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="principal">The principal's ARN.</param>
    /// <param name="id">Its unique id; null when nobody knows.</param>
    public static bool? UserIdFits(PolicyCondition condition, string principal, string? id)
    {
        if (condition.Operator == "null")
            return condition.Values.Any(value => string.Equals(value, "false", StringComparison.OrdinalIgnoreCase));

        var answers = condition.Values.Select(value => IsUserId(value, condition.IsPattern, principal, id)).ToList();
        bool? isAmong = answers.Contains(true) ? true : answers.Contains(null) ? null : false;
        return condition switch
        {
            { IsPositive: true } => isAmong,
            { IsNegative: true } => !isAmong,
            _ => null,
        };
    }

    private static bool? IsUserId(string value, bool isPattern, string principal, string? id)
    {
        if (principal.EndsWith(":root", StringComparison.Ordinal))
            return Audience.AccountOfArn(principal) is { } account ? (isPattern ? PolicyPattern.Matches(value, account) : value == account) : null;
        if (!principal.Contains(":role/", StringComparison.Ordinal))
            return value == "*" && isPattern ? true : null;
        if (value.Contains("${", StringComparison.Ordinal))
            return null;

        var literal = isPattern ? value[..(value.AsSpan().IndexOfAny('*', '?') is >= 0 and var wild ? wild : value.Length)] : value;
        var isWhole = isPattern && value == literal + "*";
        var known = id is null ? RoleIds : id + ":";
        if (isWhole && known.StartsWith(literal, StringComparison.Ordinal))
            return true;

        var common = Math.Min(known.Length, literal.Length);
        return string.CompareOrdinal(known, 0, literal, 0, common) == 0 ? null : false;
    }
}
