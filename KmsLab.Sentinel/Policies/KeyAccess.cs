namespace KmsLab.Sentinel.Policies;

/// <summary>A grant on a key, as far as access goes.</summary>
/// <param name="Id">KMS's id of it.</param>
/// <param name="Grantee">The principal, or the service, that it is for.</param>
/// <param name="Operations">What it allows.</param>
/// <param name="Constraints">The encryption context that it is bound to: pairs that must be in it, or null.</param>
/// <param name="IsExact">Whether the context may hold no other pairs (<c>encryptionContextEquals</c>).</param>
internal sealed record KeyGrant(
    string Id, string Grantee, IReadOnlyList<string> Operations, IReadOnlyDictionary<string, string>? Constraints = null, bool IsExact = false)
{
    /// <summary>What the constraints say in the words of a policy.</summary>
    public IEnumerable<PolicyCondition> Conditions
    {
        get
        {
            foreach (var (key, value) in Constraints ?? new Dictionary<string, string>())
                yield return new("stringequals", $"kms:encryptioncontext:{key}", [value]);
            if (IsExact)
                yield return new("stringequals", "kms:encryptioncontextkeys", [.. (Constraints ?? new Dictionary<string, string>()).Keys], ConditionQuantifier.All);
        }
    }
}

/// <summary>A Deny that keeps part of an audience out, or all of it for a while.</summary>
/// <param name="Principals">Whom it is about.</param>
/// <param name="Conditions">When it applies.</param>
internal sealed record Denial(PolicyPrincipals Principals, IReadOnlyList<PolicyCondition> Conditions)
{
    /// <summary>Whether this one denies whatever <paramref name="other"/> does.</summary>
    public bool Covers(Denial other) =>
        Principals.CoverAll(other.Principals) && Conditions.All(mine => other.Conditions.Any(theirs => theirs.Implies(mine)));
}

/// <summary>A way in which an audience may do something.</summary>
/// <param name="Conditions">What must hold besides.</param>
/// <param name="Denials">What is taken away again.</param>
internal sealed record AccessRule(IReadOnlyList<PolicyCondition> Conditions, IReadOnlyList<Denial> Denials)
{
    /// <summary>Whether whatever this rule lets through, <paramref name="other"/> does too.</summary>
    public bool IsWithin(AccessRule other) => HasConditionsOf(other) && LostOf(other) is [];

    /// <summary>Whether each condition of <paramref name="other"/> holds under this rule.</summary>
    public bool HasConditionsOf(AccessRule other) => other.Conditions.All(theirs => Conditions.Any(mine => mine.Implies(theirs)));

    /// <summary>Denials of <paramref name="other"/> that this rule lacks.</summary>
    public IReadOnlyList<Denial> LostOf(AccessRule other) => [.. other.Denials.Where(theirs => !Denials.Any(mine => mine.Covers(theirs)))];
}

/// <summary>Who may do what with a key, by its policy and its grants; what IAM policies add is not in it.</summary>
/// <remarks>
/// An Allow counts where it may apply, a Deny only where it certainly does: for this key, for the whole audience, under all its conditions. Any other Deny stays
/// with the rule, so that it is noticed when it goes.
/// </remarks>
internal sealed class KeyAccess
{
    private readonly Dictionary<(Audience Audience, string Operation), List<AccessRule>> _rules = [];
    private readonly HashSet<Audience> _wide = [];
    private readonly IReadOnlyList<PolicyStatement> _denials;

    public KeyAccess(PolicyDocument policy, IEnumerable<KeyGrant> grants, string? keyArn)
    {
        (Policy, Grants, KeyArn) = (policy, [.. grants], keyArn);
        var statements = policy.Statements.Where(statement => statement.Resources.Includes(keyArn)).ToList();
        _denials = [.. statements.Where(statement => !statement.Allows && !statement.Conditions.Any(NeverHolds)).SelectMany(ByPrincipal)];
        foreach (var statement in statements.Where(statement => statement.Allows))
            AddStatement(statement);
        foreach (var grant in Grants)
        {
            foreach (var operation in grant.Operations)
                Allow(Audience.OfGrantee(grant.Grantee), operation, [.. grant.Conditions], []);
        }
    }

    public PolicyDocument Policy { get; }

    public IReadOnlyList<KeyGrant> Grants { get; }

    /// <summary>The key; null when nobody knows.</summary>
    public string? KeyArn { get; }

    /// <summary>Everybody who may do anything.</summary>
    public IEnumerable<Audience> Audiences => _rules.Keys.Select(entry => entry.Audience).Distinct();

    /// <summary>Reads a policy and grants.</summary>
    /// <param name="policy">The policy's JSON.</param>
    /// <param name="grants">The key's grants.</param>
    /// <param name="keyArn">The key; null when nobody knows.</param>
    /// <exception cref="FormatException">The policy is none.</exception>
    public static KeyAccess Of(string policy, IEnumerable<KeyGrant> grants, string? keyArn) => new(PolicyDocument.Parse(policy), grants, keyArn);

    /// <summary>Whether all of <paramref name="audience"/> may do it, under whatever conditions.</summary>
    public bool Allows(Audience audience, string operation) => RulesOf(audience, operation).Any();

    /// <summary>
    /// Whether <paramref name="audience"/> may do it because it is named. Who was let in with everyone may go on by an IAM policy when everyone is shut out again.
    /// </summary>
    public bool AllowsByName(Audience audience, string operation) => _rules.ContainsKey((audience, operation))
        || _wide.Any(wider => wider.Kind == AudienceKind.Principal && wider.Covers(audience) && _rules.ContainsKey((wider, operation)));

    /// <summary>Whether nobody in <paramref name="audience"/> can do it, whatever IAM policies say.</summary>
    public bool Denies(Audience audience, string operation) => AfterDenials(audience, operation).Count == 0;

    /// <summary>The ways in which all of <paramref name="audience"/> may do it: its own, and those of audiences that it is part of.</summary>
    public IEnumerable<AccessRule> RulesOf(Audience audience, string operation) =>
        _wide.Where(wider => wider.Covers(audience)).Prepend(audience).Distinct().SelectMany(one => _rules.GetValueOrDefault((one, operation)) ?? []);

    /// <summary>A Deny of several principals is one of each, so that naming them in two statements loses nothing.</summary>
    private static IEnumerable<PolicyStatement> ByPrincipal(PolicyStatement denial) => denial.Principals is { IsNegated: false, Named: { Count: > 1 } named }
        ? named.Select(one => denial with { Principals = new([one], false) })
        : [denial];

    /// <summary>KMS has no calls without TLS, so a Deny of them, which many policies have, denies nothing.</summary>
    private static bool NeverHolds(PolicyCondition condition) =>
        condition is { Operator: "bool", Key: "aws:securetransport", Values: [var value] } && string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    private void AddStatement(PolicyStatement statement)
    {
        foreach (var operation in KeyOperations.All.Where(statement.Actions.Includes))
        {
            foreach (var named in statement.Principals.Audiences)
            {
                foreach (var audience in Narrowing.Of(named, statement.Conditions, out var conditions))
                    Allow(audience, operation, conditions, statement.Principals.IsNegated ? statement.Principals.Named : []);
            }
        }
    }

    /// <param name="audience">Who may.</param>
    /// <param name="operation">Do what.</param>
    /// <param name="conditions">Under which conditions.</param>
    /// <param name="exempt">Who of the audience may not.</param>
    private void Allow(Audience audience, string operation, IReadOnlyList<PolicyCondition> conditions, IReadOnlyList<Audience> exempt)
    {
        var excluded = exempt.Select(one => new Denial(new([one], false), []));
        foreach (var (remaining, denials) in AfterDenials(audience, operation))
        {
            if (!_rules.TryGetValue((remaining, operation), out var rules))
                _rules[(remaining, operation)] = rules = [];
            rules.Add(new([.. conditions.Where(condition => !Narrowing.IsVoid(condition, remaining))], [.. excluded, .. denials]));
            if (remaining.IsWide)
                _wide.Add(remaining);
        }
    }

    /// <summary>Denials win: one that certainly applies takes the audience out, one of all but some leaves just these of everyone, any other stays as it is.</summary>
    private List<(Audience Audience, IReadOnlyList<Denial> Denials)> AfterDenials(Audience audience, string operation)
    {
        List<(Audience Audience, IReadOnlyList<Denial> Denials)> remaining = [(audience, [])];
        foreach (var denial in _denials.Where(denial => denial.Actions.Includes(operation)))
        {
            var kept = new Denial(denial.Principals, denial.Conditions);
            remaining = [.. remaining.SelectMany(one => Apply(denial, one.Audience).Select(left => (left.Audience, left.IsTouched ? [.. one.Denials, kept] : one.Denials)))];
        }

        return remaining;
    }

    /// <summary>Whom a Deny leaves of an audience, and whether it may still hit them.</summary>
    private static IEnumerable<(Audience Audience, bool IsTouched)> Apply(PolicyStatement denial, Audience audience)
    {
        if (denial.Conditions.Count == 0)
        {
            if (denial.Principals.IsNegated && audience.Kind == AudienceKind.Everyone)
                return denial.Principals.Named.Select(one => (one, false));
            return denial.Principals.Cover(audience) ? [] : [(audience, Touches(denial.Principals, audience))];
        }

        if (denial.Principals.Cover(Audience.Everyone) && Narrowing.LeftBy(denial.Conditions) is { } left)
            return Common(audience, left);
        return [(audience, Touches(denial.Principals, audience))];
    }

    /// <summary>Whether a Deny may hit anybody in <paramref name="audience"/>.</summary>
    private static bool Touches(PolicyPrincipals principals, Audience audience) => principals.IsNegated
        ? !principals.Named.Any(exempt => exempt.Covers(audience))
        : principals.Named.Any(named => named.MayOverlap(audience));

    /// <summary>Who is in <paramref name="audience"/> and in one of <paramref name="left"/>. Where nobody can tell, whoever is in the audience.</summary>
    private static IEnumerable<(Audience Audience, bool IsTouched)> Common(Audience audience, IReadOnlyList<Audience> left)
    {
        if (audience.Kind == AudienceKind.Everyone)
            return left.Select(one => (one, false));
        if (left.Any(one => one.Covers(audience)))
            return [(audience, false)];
        if (audience.AccountId is not { } account || left.Any(one => one.AccountId is null))
            return [(audience, true)];

        var sameAccount = left.Where(one => one.AccountId == account).ToList();
        var isCertain = sameAccount.Count == 0 || audience.IsIdentity && sameAccount.TrueForAll(one => one.Kind == AudienceKind.Principal);
        return isCertain ? [] : [(audience, true)];
    }
}
