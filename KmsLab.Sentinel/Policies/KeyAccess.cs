namespace KmsLab.Sentinel.Policies;

/// <summary>A grant on a key, as far as access goes.</summary>
/// <param name="Id">KMS's id of it.</param>
/// <param name="Grantee">The principal, or the service, that it is for.</param>
/// <param name="Operations">What it allows.</param>
internal sealed record KeyGrant(string Id, string Grantee, IReadOnlyList<string> Operations);

/// <summary>Who may do what with a key, by its policy and its grants; what IAM policies add is not in it.</summary>
internal sealed class KeyAccess
{
    private readonly Dictionary<(Audience Audience, string Operation), bool> _isUnconditional = [];
    private readonly HashSet<Audience> _wide = [];

    public KeyAccess(PolicyDocument policy, IEnumerable<KeyGrant> grants)
    {
        Policy = policy;
        foreach (var statement in policy.Statements.Where(statement => statement.Allows))
            AddStatement(statement);
        foreach (var grant in grants)
        {
            foreach (var operation in grant.Operations)
                Allow(Audience.OfGrantee(grant.Grantee), operation, isUnconditional: true);
        }
    }

    public PolicyDocument Policy { get; }

    /// <summary>Everybody who may do anything.</summary>
    public IEnumerable<Audience> Audiences => _isUnconditional.Keys.Select(entry => entry.Audience).Distinct();

    /// <summary>Reads a policy and grants.</summary>
    /// <exception cref="FormatException">The policy is none.</exception>
    public static KeyAccess Of(string policy, IEnumerable<KeyGrant> grants) => new(PolicyDocument.Parse(policy), grants);

    /// <summary>Whether all of <paramref name="audience"/> may do it, under whatever conditions.</summary>
    public bool Allows(Audience audience, string operation) => Covering(audience).Any(wider => _isUnconditional.ContainsKey((wider, operation)));

    /// <summary>Whether all of <paramref name="audience"/> may do it, under no condition.</summary>
    public bool AllowsFreely(Audience audience, string operation) => Covering(audience).Any(wider => _isUnconditional.GetValueOrDefault((wider, operation)));

    /// <summary>The audience itself, and those that it is part of.</summary>
    private IEnumerable<Audience> Covering(Audience audience) => _wide.Where(wider => wider.Covers(audience)).Prepend(audience);

    private void AddStatement(PolicyStatement statement)
    {
        foreach (var operation in KeyOperations.All.Where(statement.Actions.Includes))
        {
            foreach (var audience in statement.Principals.Audiences.SelectMany(audience => Narrowing.Of(audience, statement.Conditions)))
            {
                foreach (var remaining in AfterDenials(audience, operation))
                    Allow(remaining, operation, statement.Conditions.Count == 0);
            }
        }
    }

    private void Allow(Audience audience, string operation, bool isUnconditional)
    {
        _isUnconditional[(audience, operation)] = isUnconditional || _isUnconditional.GetValueOrDefault((audience, operation));
        if (audience.IsWide)
            _wide.Add(audience);
    }

    /// <summary>Denials win: one without conditions takes the audience out, one of all but some leaves just these of everyone.</summary>
    private IEnumerable<Audience> AfterDenials(Audience audience, string operation)
    {
        IEnumerable<Audience> remaining = [audience];
        foreach (var denial in Policy.Statements.Where(statement => !statement.Allows && statement.Actions.Includes(operation)))
        {
            if (denial is { Conditions.Count: 0, Principals.IsNegated: true })
                remaining = remaining.SelectMany(one => one.Kind == AudienceKind.Everyone ? denial.Principals.Named : denial.Principals.Cover(one) ? [] : [one]);
            else if (denial.Conditions.Count == 0)
                remaining = remaining.Where(one => !denial.Principals.Cover(one));
            else if (denial.Principals.Cover(Audience.Everyone) && Narrowing.LeftBy(denial.Conditions) is { } left)
                remaining = remaining.SelectMany(one => Common(one, left));
        }

        return remaining;
    }

    /// <summary>Who is in <paramref name="audience"/> and in one of <paramref name="left"/>. Where nobody can tell, whoever is in the audience.</summary>
    private static IEnumerable<Audience> Common(Audience audience, IReadOnlyList<Audience> left)
    {
        if (audience.Kind == AudienceKind.Everyone)
            return left;
        if (audience.AccountId is not { } account || left.Any(one => one.AccountId is null))
            return [audience];
        return left.Any(one => one.AccountId == account) ? [audience] : [];
    }
}
