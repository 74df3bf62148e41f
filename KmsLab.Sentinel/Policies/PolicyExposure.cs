namespace KmsLab.Sentinel.Policies;

/// <summary>How a key is more exposed than before.</summary>
internal enum ExposureKind
{
    /// <summary>Everyone was let in.</summary>
    Everyone,

    /// <summary>Another account, or an organization, was let in.</summary>
    AnotherAccount,

    /// <summary>Somebody of the key's account, a service or a network may now read.</summary>
    NewReader,

    /// <summary>Somebody who might read under a condition may now read under none.</summary>
    LostCondition,

    /// <summary>A Deny that kept somebody from reading is gone.</summary>
    LostDenial,

    /// <summary>The policy can't be read.</summary>
    Unreadable,
}

/// <summary>One way in which a key is more exposed than before.</summary>
/// <param name="Kind">How.</param>
/// <param name="Who">Who is let in.</param>
/// <param name="Operations">To do what.</param>
internal sealed record Exposure(ExposureKind Kind, string Who, IReadOnlyList<string> Operations)
{
    private const int Shown = 4;

    /// <summary>One clause, such as <c>the account 111122223333 may Decrypt, Encrypt</c>.</summary>
    public override string ToString() => Kind switch
    {
        ExposureKind.Unreadable => "the new policy can't be read",
        ExposureKind.LostDenial => $"a Deny of {List} is gone",
        ExposureKind.LostCondition => $"{Who} may {List} without the condition of before",
        _ => $"{Who} may {List}",
    };

    private string List => string.Join(", ", Operations.Take(Shown)) + (Operations.Count > Shown ? $" and {Operations.Count - Shown} more" : "");
}

/// <summary>Whose a key is.</summary>
/// <param name="Account">The key's account.</param>
/// <param name="Trusted">Accounts that may be let in.</param>
internal sealed record KeyOwner(string? Account, IReadOnlyCollection<string> Trusted)
{
    /// <summary>The owner of a key by its ARN.</summary>
    public static KeyOwner Of(string keyArn, IReadOnlyCollection<string> trusted) => new(Audience.AccountOfArn(keyArn), trusted);

    public bool Trusts(Audience audience) => audience.AccountId is { } account && Trusted.Contains(account);

    public bool IsForeign(Audience audience) =>
        audience.Kind == AudienceKind.Organization || audience.AccountId is { } account && account != Account && !Trusted.Contains(account);
}

/// <summary>Compares what a key's policy and grants allow with what they allowed before.</summary>
internal static class PolicyExposure
{
    /// <summary>What is more exposed now.</summary>
    /// <param name="before">As it was; null when nobody knows: then only everyone and other accounts are told of, since the first policy is no change.</param>
    /// <param name="after">As it is.</param>
    /// <param name="owner">Whose key it is.</param>
    public static IReadOnlyList<Exposure> Compare(KeyAccess? before, KeyAccess after, KeyOwner owner)
    {
        var exposures = after.Audiences.Select(audience => Judge(before, after, audience, owner)).OfType<Exposure>();
        return before is null ? [.. exposures] : [.. exposures, .. after.Audiences.Select(audience => LostCondition(before, after, audience)).OfType<Exposure>(), .. LostDenials(before, after)];
    }

    /// <summary>The same, from the policies' text.</summary>
    public static IReadOnlyList<Exposure> Compare(string? before, string after, KeyOwner owner)
    {
        try
        {
            return Compare(before is null ? null : ReadOrEmpty(before), KeyAccess.Of(after, []), owner);
        }
        catch (FormatException)
        {
            return [new(ExposureKind.Unreadable, "", [])];
        }
    }

    /// <summary>A policy that can't be read allowed nothing that anybody could rely on.</summary>
    public static KeyAccess ReadOrEmpty(string policy, IEnumerable<KeyGrant>? grants = null)
    {
        try
        {
            return KeyAccess.Of(policy, grants ?? []);
        }
        catch (FormatException)
        {
            return new(PolicyDocument.Empty, grants ?? []);
        }
    }

    private static Exposure? Judge(KeyAccess? before, KeyAccess after, Audience audience, KeyOwner owner)
    {
        var added = KeyOperations.All.Where(operation => after.Allows(audience, operation) && before?.Allows(audience, operation) != true).ToList();
        if (added.Count == 0 || owner.Trusts(audience))
            return null;
        if (audience.Kind == AudienceKind.Everyone)
            return new(ExposureKind.Everyone, audience.ToString(), added);
        if (owner.IsForeign(audience))
            return new(ExposureKind.AnotherAccount, audience.ToString(), added);

        var reading = added.Where(KeyOperations.Reading.Contains).ToList();
        return before is null || reading.Count == 0 ? null : new(ExposureKind.NewReader, audience.ToString(), reading);
    }

    private static Exposure? LostCondition(KeyAccess before, KeyAccess after, Audience audience)
    {
        var freed = KeyOperations.Reading
            .Where(operation => after.AllowsFreely(audience, operation) && before.Allows(audience, operation) && !before.AllowsFreely(audience, operation)).ToList();
        return freed.Count == 0 ? null : new(ExposureKind.LostCondition, audience.ToString(), freed);
    }

    private static IEnumerable<Exposure> LostDenials(KeyAccess before, KeyAccess after)
    {
        foreach (var denial in before.Policy.Statements.Where(statement => !statement.Allows))
        {
            var still = after.Policy.Statements.Where(statement => !statement.Allows && statement.Scope == denial.Scope).ToList();
            var lost = KeyOperations.Reading.Where(operation => denial.Actions.Includes(operation) && !still.Exists(other => other.Actions.Includes(operation))).ToList();
            if (lost.Count > 0)
                yield return new(ExposureKind.LostDenial, denial.Principals.ToString(), lost);
        }
    }
}
