using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>Changes, by IAM, of who may become a trusted principal and of what it may do.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html. A policy is told by its holders, as far as records taught them, or by its name.</remarks>
internal static class IdentityChanges
{
    private static readonly HashSet<string> OfRoles = new(StringComparer.Ordinal)
    {
        "UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "DeleteRole", "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary", "UpdateRole", "AddRoleToInstanceProfile", "CreateRole",
    };

    private static readonly HashSet<string> OfUsers = new(StringComparer.Ordinal)
    {
        "PutUserPolicy", "AttachUserPolicy", "DeleteUserPolicy", "DetachUserPolicy", "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary", "AddUserToGroup", "CreateAccessKey",
        "CreateLoginProfile", "UpdateLoginProfile", "DeactivateMFADevice", "CreateServiceSpecificCredential", "UploadSigningCertificate", "UploadSSHPublicKey", "CreateUser", "UpdateUser", "DeleteUser",
    };

    private static readonly HashSet<string> OfPolicies = new(StringComparer.Ordinal) { "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy" };

    /// <summary>The trusted principal that the call changes; null when it changes none.</summary>
    public static Reached? Of(Observation observation, IReadOnlyList<string> trusted)
    {
        var operation = observation.Record.EventName;
        if (OfRoles.Contains(operation))
            return ByName(observation, trusted, "role", observation.Parameter("roleName"));
        if (OfUsers.Contains(operation))
            return ByName(observation, trusted, "user", observation.Parameter("userName")) ?? ByName(observation, trusted, "user", observation.Parameter("newUserName"));
        return OfPolicies.Contains(operation) ? ByPolicy(observation, trusted) : null;
    }

    private static Reached? ByName(Observation observation, IReadOnlyList<string> trusted, string kind, string? name)
    {
        var arn = name is null
            ? trusted.FirstOrDefault(arn => IsRefused(observation, arn, kind))
            : TrustedPrincipals.ByName(trusted, kind, name, observation.Parameter("path"), observation.Record);
        return arn is null ? null : new(arn, $"{observation.Record.EventName} on the {kind}");
    }

    /// <summary>A policy's new version changes all that hold it, though the record names the policy alone.</summary>
    private static Reached? ByPolicy(Observation observation, IReadOnlyList<string> trusted)
    {
        var policy = observation.Parameter("policyArn") ?? Attempt.RefusedArn(observation, ":policy/");
        var name = policy is null ? observation.Parameter("policyName") : policy[(policy.LastIndexOf('/') + 1)..];
        var holder = observation.PolicyHolders.FirstOrDefault(trusted.Contains)
            ?? trusted.FirstOrDefault(arn => arn[(arn.LastIndexOf('/') + 1)..] is { Length: > 3 } holder && name?.StartsWith(holder, StringComparison.OrdinalIgnoreCase) == true);
        return holder is null ? null : new(holder, $"{observation.Record.EventName} on its policy {policy ?? name}");
    }

    /// <summary>IAM says <c>on resource: role name</c>, or the ARN.</summary>
    private static bool IsRefused(Observation observation, string arn, string kind) =>
        arn.Contains($":{kind}/", StringComparison.Ordinal) && (Attempt.RefusalNames(observation, arn) || Attempt.RefusalNames(observation, $"{kind} {arn[(arn.LastIndexOf('/') + 1)..]}"));
}
