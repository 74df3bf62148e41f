using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Policies;

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
