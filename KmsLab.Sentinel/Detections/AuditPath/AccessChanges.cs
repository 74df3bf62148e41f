using KmsLab.Sentinel.Detections.Trust;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the keys and roles without which the evidence is not written, or can't be read.</summary>
internal static class AccessChanges
{
    public static PathChange? OfKey(Observation observation, AuditResources path)
    {
        if (observation.Record.KeyArns.FirstOrDefault(path.IsKey) is not { } key)
            return null;

        return observation.Record.EventName switch
        {
            "DisableKey" => new("key", key, "a key of the evidence was disabled"),
            "ScheduleKeyDeletion" => new("key", key, "a key of the evidence is to be deleted"),
            "DeleteImportedKeyMaterial" => new("key", key, "a key of the evidence lost its material"),
            "PutKeyPolicy" => new("key", key, "a key of the evidence has another policy"),
            "RevokeGrant" or "RetireGrant" => new("key", key, "a grant on a key of the evidence was taken away"),
            _ => null,
        };
    }

    public static PathChange? OfRole(Observation observation, AuditResources path)
    {
        if (observation.Parameter("roleName") is not { } role || !path.IsRole(role, observation.Record))
            return IdentityChanges.Of(observation, path.Roles) is { } reached ? Of(reached) : null;

        return observation.Record.EventName switch
        {
            "DeleteRole" => new("evidenceRole", role, $"the role {role} was deleted"),
            "UpdateAssumeRolePolicy" => new("evidenceRole", role, $"others may assume the role {role}"),
            "PutRolePolicy" or "DeleteRolePolicy" or "AttachRolePolicy" or "DetachRolePolicy" or "PutRolePermissionsBoundary" or "DeleteRolePermissionsBoundary" =>
                new("evidenceRole", role, $"the role {role} may do other things than before"),
            _ => IdentityChanges.Of(observation, path.Roles) is { } reached ? Of(reached) : null,
        };
    }

    /// <summary>A role of the evidence that somebody assumes, or hands to a service; services alone assume it.</summary>
    public static PathChange? OfBorrowedRole(Observation observation, AuditResources path)
    {
        if (SentinelChanges.MayDeploy(observation, path))
            return null;
        if (observation.Record.EventSource != "sts.amazonaws.com")
            return Handover.Of(observation, path.Roles) is { } handed ? Of(handed) : null;

        var role = observation.Parameter("roleArn") is { } named ? path.Roles.FirstOrDefault(arn => arn == named) : path.Roles.FirstOrDefault(arn => Attempt.RefusalNames(observation, arn));
        return role is null || observation.Record.EventName != "AssumeRole" || observation.Record.Identity.InvokedBy is not null || role == observation.Principal
            ? null
            : Of(new(role, $"AssumeRole by {observation.Principal}"));
    }

    private static PathChange Of(Reached reached)
    {
        var name = reached.Principal[(reached.Principal.LastIndexOf('/') + 1)..];
        return new("evidenceRole", name, $"the role {name}: {reached.How}");
    }
}
