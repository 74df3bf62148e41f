using System.Text.Json.Serialization;

namespace KmsLab.LocalAws.Access;

/// <summary>Temporary credentials that STS gave out.</summary>
/// <param name="AccessKeyId"><c>ASIA...</c>.</param>
/// <param name="RoleArn">The role; of a session of a user (GetSessionToken, GetFederationToken) the user.</param>
/// <param name="SessionName">What its user called the session; empty for a user's.</param>
/// <param name="Created">When it began.</param>
/// <param name="Expires">When its credentials end.</param>
/// <param name="HasMfa">True where its user proved a second factor.</param>
internal sealed record RoleSession(string AccessKeyId, string RoleArn, string SessionName, DateTimeOffset Created, DateTimeOffset Expires, bool HasMfa = false)
{
    /// <summary>Who the session is. The role's path is no part of the session's ARN.</summary>
    public Principal ToPrincipal()
    {
        if (SessionName.Length == 0)
            return Principal.FromArn(AccessKeyId, RoleArn, Created).InSession(Created, HasMfa);
        var (partition, account, role) = Parse(RoleArn) ?? throw new FormatException($"'{RoleArn}' is not the ARN of a role.");
        return Principal.Session(AccessKeyId, $"arn:{partition}:sts::{account}:assumed-role/{role}/{SessionName}", account, RoleArn, role, SessionName, Created).InSession(Created, HasMfa);
    }

    /// <summary>Partition, account and name of a role's ARN; null when it is none.</summary>
    public static (string Partition, string Account, string Role)? Parse(string arn) =>
        arn.Split(':', 6) is ["arn", { Length: > 0 } partition, "iam", "", { Length: 12 } account, var resource]
        && resource.StartsWith("role/", StringComparison.Ordinal) && resource[(resource.LastIndexOf('/') + 1)..] is { Length: > 0 } role
            ? (partition, account, role)
            : null;
}

[JsonSerializable(typeof(RoleSession))]
internal sealed partial class AccessJson : JsonSerializerContext;
