using System.Text.Json;

namespace KmsLab.Sentinel.Policies;

/// <summary>Whom a statement names in <c>Principal</c>, or in <c>NotPrincipal</c> all but these.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html</remarks>
internal sealed record PolicyPrincipals(IReadOnlyList<Audience> Named, bool IsNegated)
{
    /// <summary>Whom an Allow with these lets in, conditions aside. All but some is everyone.</summary>
    public IReadOnlyList<Audience> Audiences => IsNegated ? [Audience.Everyone] : Named;

    /// <summary>Whether a Deny with these certainly hits everybody in <paramref name="audience"/>.</summary>
    public bool Cover(Audience audience) => IsNegated
        ? !Named.Any(named => named.MayOverlap(audience))
        : Named.Any(named => named.Covers(audience) || named.Kind == AudienceKind.Account && audience.AccountId == named.Name || named.Kind == AudienceKind.Everyone);

    /// <summary>Whether a Deny with these hits everybody whom one with <paramref name="other"/> hits, as far as their text shows.</summary>
    public bool CoverAll(PolicyPrincipals other) => (IsNegated, other.IsNegated) switch
    {
        (_, false) => other.Named.All(Cover),
        (true, true) => Named.All(exempt => other.Named.Any(named => named.Covers(exempt))),
        (false, true) => Named.Any(named => named.Kind == AudienceKind.Everyone),
    };

    public static PolicyPrincipals Read(JsonElement statement) => PolicyJson.Element(statement, "Principal") is { ValueKind: not JsonValueKind.Undefined } principals
        ? new([.. Each(principals)], false)
        : new([.. Each(PolicyJson.Element(statement, "NotPrincipal"))], true);

    public override string ToString() =>
        (IsNegated ? "not " : "") + string.Join(',', Named.Select(audience => $"{audience.Kind}:{audience.Name}").Order(StringComparer.Ordinal));

    private static IEnumerable<Audience> Each(JsonElement principals) => principals.ValueKind == JsonValueKind.Object
        ? principals.EnumerateObject().SelectMany(type => PolicyJson.Texts(type.Value), (type, value) => Audience.Of(type.Name, value))
        : PolicyJson.Texts(principals).Select(value => Audience.Of("AWS", value));
}
