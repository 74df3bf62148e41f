using System.IO.Enumeration;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>Finds the principal that a record names among those that the configuration trusts, whether it names them one by one or with <c>*</c> and <c>?</c>.</summary>
/// <remarks>Whoever becomes one of them is trusted as it is: the application's roles, who reads its secret, who deploys it, who may do without attestation.</remarks>
internal static class TrustedPrincipals
{
    private const int ArnParts = 6;

    /// <summary>All that a set trusts.</summary>
    public static IReadOnlyList<string> Of(ProtectedSet set) => [.. set.Roles.Concat(set.SecretReaders).Concat(set.UnattestedPrincipals).Concat(set.Deployers).Distinct(StringComparer.Ordinal)];

    /// <summary>The trusted principal of this ARN; null when it is none.</summary>
    public static string? ByArn(IReadOnlyList<string> trusted, string arn) => trusted.Any(pattern => Fits(pattern, arn)) ? arn : null;

    /// <summary>The trusted principal of this name: IAM's records say <c>roleName</c>, without path and account.</summary>
    /// <param name="trusted">ARNs of roles and users, with wildcards.</param>
    /// <param name="kind"><c>role</c> or <c>user</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="path">Its path, such as <c>/ci/</c>, where the record tells it.</param>
    /// <param name="record">The record, which tells the account.</param>
    public static string? ByName(IReadOnlyList<string> trusted, string kind, string name, string? path, CloudTrailRecord record)
    {
        foreach (var pattern in trusted)
        {
            if (pattern.Split(':', ArnParts) is not [_, var partition, _, _, var account, var resource] || !resource.StartsWith(kind + "/", StringComparison.Ordinal)
                || record.RecipientAccountId is { } own && !Fits(account, own))
            {
                continue;
            }

            var last = resource[(resource.LastIndexOf('/') + 1)..];
            // Of role/ci/* the path alone tells who is meant.
            if (last.Trim('*').Length == 0 ? path is not null && Fits(resource, kind + path + name) : Fits(last, name))
                return pattern.AsSpan().ContainsAny('*', '?') ? $"arn:{partition}:iam::{record.RecipientAccountId ?? account}:{kind}{path ?? "/"}{name}" : pattern;
        }

        return null;
    }

    /// <summary>IAM tells names apart without regard to case.</summary>
    private static bool Fits(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);
}
