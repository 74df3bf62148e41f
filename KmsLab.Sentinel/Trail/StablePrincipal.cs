using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>
/// Who called, by a name that lasts: the role rather than its session, which every task and every rotation of credentials names anew.
/// </summary>
internal static class StablePrincipal
{
    public const string Unknown = "unknown";

    public static string Of(UserIdentity identity) =>
        identity.SessionIssuerArn
        ?? WithoutSession(identity.Arn)
        ?? RoleOf(identity.PrincipalId)
        ?? identity.InvokedBy
        ?? identity.AccountId
        ?? Unknown;

    /// <summary><c>arn:aws:sts::A:assumed-role/role/session</c> loses its session; other ARNs stay.</summary>
    private static string? WithoutSession(string? arn) =>
        arn?.IndexOf(":assumed-role/", StringComparison.Ordinal) > 0 && arn.LastIndexOf('/') is var last && last > arn.IndexOf('/') ? arn[..last] : arn;

    /// <summary><c>AROA...:session</c> loses its session.</summary>
    private static string? RoleOf(string? principalId) => principalId?.Split(':')[0];
}
