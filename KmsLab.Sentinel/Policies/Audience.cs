namespace KmsLab.Sentinel.Policies;

/// <summary>What kind of caller a policy lets in.</summary>
internal enum AudienceKind
{
    /// <summary>Anybody with an AWS account.</summary>
    Everyone,

    /// <summary>An account, which then decides by IAM policies whom of its own to let in: <c>arn:aws:iam::111122223333:root</c>.</summary>
    Account,

    /// <summary>Every principal of an account at once, whatever its IAM policies say.</summary>
    EveryoneOfAccount,

    /// <summary>Every principal of an organization.</summary>
    Organization,

    /// <summary>Whoever comes from a network: addresses, a VPC or its endpoint.</summary>
    Network,

    /// <summary>A role, a user or a session, by ARN or unique id.</summary>
    Principal,

    /// <summary>An AWS service.</summary>
    Service,

    /// <summary>Whoever an identity provider vouches for.</summary>
    Federated,
}

/// <summary>Whom a policy lets in.</summary>
/// <param name="Kind">What kind of caller.</param>
/// <param name="Name">The account's number, the organization's id, the principal's ARN, the service's name; empty for everyone.</param>
internal readonly record struct Audience(AudienceKind Kind, string Name)
{
    public static Audience Everyone { get; } = new(AudienceKind.Everyone, "");

    /// <summary>The account that the audience belongs to; null when it belongs to none, or nobody can tell.</summary>
    public string? AccountId => Kind switch
    {
        AudienceKind.Account or AudienceKind.EveryoneOfAccount => Name,
        AudienceKind.Principal or AudienceKind.Federated => AccountOfArn(Name),
        _ => null,
    };

    /// <summary>Whether other audiences may be part of it.</summary>
    public bool IsWide => Kind is AudienceKind.Everyone or AudienceKind.EveryoneOfAccount || Kind == AudienceKind.Principal && PolicyPattern.HasWildcard(Name);

    /// <summary>Whom an entry of <c>Principal</c> means.</summary>
    /// <param name="type">Such as <c>AWS</c> or <c>Service</c>.</param>
    /// <param name="value">Such as <c>*</c>, an account's number or an ARN.</param>
    public static Audience Of(string type, string value) => type.ToUpperInvariant() switch
    {
        "SERVICE" => new(AudienceKind.Service, value),
        "FEDERATED" => new(AudienceKind.Federated, value),
        _ when value == "*" => Everyone,
        _ when IsAccount(value) => new(AudienceKind.Account, value),
        _ when value.EndsWith(":root", StringComparison.Ordinal) && AccountOfArn(value) is { } account => new(AudienceKind.Account, account),
        _ => new(AudienceKind.Principal, value),
    };

    /// <summary>Whom a grant lets in: a principal, or a service on somebody's behalf.</summary>
    public static Audience OfGrantee(string grantee) =>
        Of(grantee.EndsWith(".amazonaws.com", StringComparison.Ordinal) || grantee.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal) ? "Service" : "AWS", grantee);

    /// <summary>Whether everybody in <paramref name="other"/> is in this one too.</summary>
    public bool Covers(Audience other) => this == other || Kind switch
    {
        AudienceKind.Everyone => other.Kind != AudienceKind.Service,
        AudienceKind.EveryoneOfAccount => other.AccountId == Name,
        AudienceKind.Principal => other.Kind == AudienceKind.Principal && PolicyPattern.HasWildcard(Name) && PolicyPattern.Matches(Name, other.Name),
        _ => false,
    };

    /// <summary>Whether it is one role or user, of which a call has exactly this <c>aws:PrincipalArn</c>; a session's call has its role's.</summary>
    public bool IsIdentity => Kind == AudienceKind.Principal && !PolicyPattern.HasWildcard(Name) && Name.Split(':') is ["arn", _, "iam", ..];

    /// <summary>Whether somebody may be in both, as far as anybody can tell.</summary>
    public bool MayOverlap(Audience other)
    {
        if (Covers(other) || other.Covers(this))
            return true;
        if (Kind == AudienceKind.Service || other.Kind == AudienceKind.Service)
            return false;
        if (AccountId is { } account && other.AccountId is { } another && account != another)
            return false;
        return !(IsIdentity && other.IsIdentity);
    }

    public override string ToString() => Kind switch
    {
        AudienceKind.Everyone => "everyone",
        AudienceKind.Account => $"the account {Name}",
        AudienceKind.EveryoneOfAccount => $"everyone of the account {Name}",
        AudienceKind.Organization => $"the organization {Name}",
        AudienceKind.Network => $"everyone from {Name}",
        AudienceKind.Service => $"the service {Name}",
        _ => Name,
    };

    public static bool IsAccount(string value) => value.Length == 12 && value.All(char.IsAsciiDigit);

    /// <summary>The account in an ARN; null when there is none, or a wildcard.</summary>
    public static string? AccountOfArn(string arn)
    {
        const int AccountLength = 12;
        if (!arn.StartsWith("arn:", StringComparison.Ordinal))
            return null;

        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            at = arn.IndexOf(':', at) + 1;
            if (at == 0)
                return null;
        }

        var end = arn.IndexOf(':', at) is var colon and >= 0 ? colon : arn.Length;
        return end - at == AccountLength && arn[at..end] is var account && IsAccount(account) ? account : null;
    }
}
