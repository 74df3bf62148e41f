using System.Globalization;
using System.Net;

namespace KmsLab.Sentinel.Policies;

/// <summary>
/// A call as the application makes it: by its role, with TLS, from where its set says, at some time. What a condition says of it is yes, no, or nobody knows.
/// </summary>
/// <param name="Role">The role's ARN.</param>
/// <param name="VpcEndpoints">The endpoints that it calls through, as far as they are configured.</param>
/// <param name="Addresses">The networks that it calls from, as far as they are configured.</param>
/// <param name="At">When.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html</remarks>
internal sealed record ApplicationCall(string Role, IReadOnlyList<string> VpcEndpoints, IReadOnlyList<string> Addresses, DateTimeOffset At)
{
    /// <summary>The role's unique id, such as <c>AROAEXAMPLE</c>, with which <c>aws:userid</c> begins; null when no record told it.</summary>
    public string? RoleId { get; init; }

    /// <summary>Values that keys are taken to have in the call, because a policy let it through with them.</summary>
    public IReadOnlyDictionary<string, string> Assumed { get; init; } = new Dictionary<string, string>();

    private Audience Self => new(AudienceKind.Principal, Role);

    /// <summary>
    /// The same call, with whatever lets it through the conditions of <paramref name="access"/>: the tag that its role must have, the organization that it
    /// must be in. A policy under which the application works says what such keys are.
    /// </summary>
    public ApplicationCall Assuming(KeyAccess access)
    {
        var assumed = new Dictionary<string, string>(StringComparer.Ordinal);
        var passed = access.Policy.Statements
            .Where(statement => statement.Resources.Includes(access.KeyArn))
            .SelectMany(statement => statement.Conditions.Where(condition => statement.Allows ? condition.IsPositive : condition.IsNegative));
        foreach (var condition in passed.Where(condition => condition.Values.Count > 0 && Known(condition) is null))
            assumed.TryAdd(condition.Key, condition.Values[0]);
        return this with { Assumed = assumed };
    }

    /// <summary>Whether the key lets the call through, or leaves that to the account's IAM policies, which are taken to allow it.</summary>
    public bool MayBeAllowed(KeyAccess access, string operation) =>
        (access.Grants.Any(grant => grant.Grantee == Role && grant.Operations.Contains(operation)) || Statements(access, operation).Any(Allows))
        && !Statements(access, operation).Any(Denies);

    /// <summary>Whether a Deny certainly hits the call.</summary>
    public bool IsDenied(KeyAccess access, string operation) => Statements(access, operation).Any(Denies);

    /// <summary>Tells whether a Deny hits the call, or may.</summary>
    public bool MayBeDenied(KeyAccess access, string operation) =>
        Statements(access, operation).Any(statement => !statement.Allows && IsMeant(statement.Principals) && statement.Conditions.All(condition => Holds(condition) != false));

    /// <summary>Whether a statement names the role, for whatever operation.</summary>
    public bool IsNamed(KeyAccess access) =>
        access.Grants.Any(grant => grant.Grantee == Role) || access.Policy.Statements.Any(statement => statement.Allows && statement.Principals.Named.Contains(Self));

    /// <summary>Whether the key leaves the call to the account's IAM policies.</summary>
    public bool IsDelegated(KeyAccess access, string operation) =>
        Statements(access, operation).Any(statement => Allows(statement) && statement.Principals.Named.Any(named => named.Kind == AudienceKind.Account));

    private static IEnumerable<PolicyStatement> Statements(KeyAccess access, string operation) =>
        access.Policy.Statements.Where(statement => statement.Resources.Includes(access.KeyArn) && statement.Actions.Includes(operation));

    private bool Allows(PolicyStatement statement) =>
        statement.Allows && statement.Principals.Audiences.Any(named => named.Covers(Self) || IsOwnAccount(named)) && statement.Conditions.All(condition => Holds(condition) != false);

    private bool Denies(PolicyStatement statement) => !statement.Allows && IsMeant(statement.Principals) && statement.Conditions.All(condition => Holds(condition) == true);

    /// <summary>A Deny of an account hits all of it; one of all but the account's root does not exempt its roles.</summary>
    private bool IsMeant(PolicyPrincipals principals) => principals.IsNegated
        ? !principals.Named.Any(exempt => exempt.Kind != AudienceKind.Account && exempt.MayOverlap(Self))
        : principals.Named.Any(named => named.Covers(Self) || IsOwnAccount(named));

    private bool IsOwnAccount(Audience named) => named.Kind is AudienceKind.Account or AudienceKind.EveryoneOfAccount && named.Name == Self.AccountId;

    private bool? Holds(PolicyCondition condition) => Known(condition)
        ?? (Assumed.TryGetValue(condition.Key, out var value) ? Fits(condition, value) : CallKeys.IsAbsent(condition.Key) ? HoldsWithout(condition) : null);

    /// <summary>Tells what is known for sure of the condition.</summary>
    private bool? Known(PolicyCondition condition) => condition.Key switch
    {
        "aws:principalarn" => Fits(condition, Role),
        "aws:principalaccount" or "kms:calleraccount" => Self.AccountId is { } account ? Fits(condition, account) : null,
        "aws:principaltype" => Fits(condition, TypeOf(Role)),
        "aws:userid" => CallKeys.UserIdFits(condition, Role, RoleId),
        "aws:username" => Role.Contains(":user/", StringComparison.Ordinal) ? Fits(condition, Role[(Role.LastIndexOf('/') + 1)..]) : HoldsWithout(condition),
        "aws:multifactorauthpresent" when condition.Operator != "null" => Fits(condition, "false"),
        "aws:securetransport" => Fits(condition, "true"),
        "aws:principalisawsservice" => Fits(condition, "false"),
        "aws:currenttime" or "aws:epochtime" => Compare(condition),
        "aws:sourcevpce" => OfAll(VpcEndpoints.Select(endpoint => Fits(condition, endpoint)), []),
        // A call through an endpoint has no public address: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
        "aws:sourceip" => OfAll(Addresses.Select(network => IsIn(condition, network)), VpcEndpoints.Count > 0 ? [HoldsWithout(condition)] : []),
        _ => null,
    };

    private static bool HoldsWithout(PolicyCondition condition) => condition.Operator == "null"
        ? condition.Values.Any(one => string.Equals(one, "true", StringComparison.OrdinalIgnoreCase))
        : condition.HoldsWhenMissing;

    private static string TypeOf(string arn) =>
        arn.EndsWith(":root", StringComparison.Ordinal) ? "Account" : arn.Contains(":user/", StringComparison.Ordinal) ? "User" : "AssumedRole";

    private static bool? OfAll(IEnumerable<bool?> one, IEnumerable<bool?> other)
    {
        var answers = one.Concat(other).Distinct().ToList();
        return answers is [var answer] ? answer : null;
    }

    private static bool? Fits(PolicyCondition condition, string value)
    {
        var comparison = condition.Operator.EndsWith("ignorecase", StringComparison.Ordinal) || condition.Operator == "bool" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        // A policy variable is whatever the call makes of it.
        if (condition.Values.Any(one => one.Contains("${", StringComparison.Ordinal)))
            return null;

        var isAmong = condition.Values.Any(one => condition.IsPattern ? PolicyPattern.Matches(one, value) : string.Equals(one, value, comparison));
        return condition switch
        {
            { Operator: "null" } => condition.Values.Any(one => string.Equals(one, "false", StringComparison.OrdinalIgnoreCase)),
            { Operator: "bool" } or { IsPositive: true } => isAmong,
            { IsNegative: true } => !isAmong,
            _ => null,
        };
    }

    private bool? Compare(PolicyCondition condition)
    {
        if (condition.Values is not [var text] || InstantOf(text) is not { } limit)
            return null;

        return condition.Operator switch
        {
            "dategreaterthan" or "numericgreaterthan" => At > limit,
            "dategreaterthanequals" or "numericgreaterthanequals" => At >= limit,
            "datelessthan" or "numericlessthan" => At < limit,
            "datelessthanequals" or "numericlessthanequals" => At <= limit,
            _ => null,
        };
    }

    private static DateTimeOffset? InstantOf(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    /// <summary>Whether a network lies within one that the condition names, or outside of all.</summary>
    private static bool? IsIn(PolicyCondition condition, string network)
    {
        if (condition.Operator is not ("ipaddress" or "notipaddress") || NetworkOf(network) is not { } mine)
            return null;

        var others = condition.Values.Select(NetworkOf).ToList();
        bool? isInside = others.Exists(other => other is null) ? null
            : others.Exists(other => other!.Value.PrefixLength <= mine.PrefixLength && other.Value.Contains(mine.BaseAddress)) ? true
            : others.Exists(other => mine.Contains(other!.Value.BaseAddress)) ? null : false;
        return condition.Operator == "ipaddress" ? isInside : !isInside;
    }

    private static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
}
