using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Policies;

/// <summary>Whose a key is.</summary>
/// <param name="Account">The key's account.</param>
/// <param name="Trusted">Accounts that may be let in.</param>
/// <param name="KeyArn">The key; null when nobody knows.</param>
internal sealed record KeyOwner(string? Account, IReadOnlyCollection<string> Trusted, string? KeyArn = null)
{
    /// <summary>The owner of a key by its ARN.</summary>
    public static KeyOwner Of(string keyArn, IReadOnlyCollection<string> trusted) => new(Audience.AccountOfArn(keyArn), trusted, keyArn);

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
        return before is null ? [.. exposures] : [.. exposures, .. Loosened(before, after).Distinct()];
    }

    /// <summary>The same, from the policies' text.</summary>
    public static IReadOnlyList<Exposure> Compare(string? before, string after, KeyOwner owner)
    {
        try
        {
            return Compare(before is null ? null : ReadOrEmpty(before, owner.KeyArn), KeyAccess.Of(after, [], owner.KeyArn), owner);
        }
        catch (FormatException)
        {
            return [new(ExposureKind.Unreadable, "", [])];
        }
    }

    /// <summary>A policy that can't be read allowed nothing that anybody could rely on.</summary>
    public static KeyAccess ReadOrEmpty(string policy, string? keyArn, IEnumerable<KeyGrant>? grants = null)
    {
        try
        {
            return KeyAccess.Of(policy, grants ?? [], keyArn);
        }
        catch (FormatException)
        {
            return new(PolicyDocument.Empty, grants ?? [], keyArn);
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

    /// <summary>Audiences that could read before, and now can under weaker conditions, or past a Deny that is gone.</summary>
    private static IEnumerable<Exposure> Loosened(KeyAccess before, KeyAccess after)
    {
        foreach (var audience in after.Audiences)
        {
            var openings = KeyOperations.Reading
                .SelectMany(operation => Openings([.. before.RulesOf(audience, operation)], after.RulesOf(audience, operation), audience), (operation, opening) => (operation, opening));
            foreach (var same in openings.GroupBy(pair => pair.opening, pair => pair.operation))
                yield return new(same.Key.Kind, same.Key.Who, [.. same.Distinct()]);
        }
    }

    private static IEnumerable<(ExposureKind Kind, string Who)> Openings(IReadOnlyList<AccessRule> before, IEnumerable<AccessRule> after, Audience audience)
    {
        // Who may not at all is told of as new.
        if (before.Count == 0)
            yield break;

        foreach (var rule in after.Where(rule => !before.Any(rule.IsWithin)))
        {
            if (before.Where(rule.HasConditionsOf).SelectMany(rule.LostOf).FirstOrDefault() is { } lost)
                yield return (ExposureKind.LostDenial, lost.Principals.ToString());
            else
                yield return (rule.Conditions.Count == 0 ? ExposureKind.LostCondition : ExposureKind.WeakerCondition, audience.ToString());
        }
    }
}
