using System.Text.Json;
using KmsLab.Sentinel.Detections.Trust;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of Sentinel itself: what runs it, and what it is told by.</summary>
internal static class SentinelChanges
{
    /// <summary>Deployers may deploy it anew. Stopping it and switching detections off is told of whoever does it.</summary>
    public static bool MayDeploy(Observation observation, AuditResources path) =>
        Principals.IsAmong(observation.Principal, path.Deployers.Count > 0 ? path.Deployers : observation.Sets.SelectMany(set => set.Deployers));

    public static PathChange? Of(Observation observation, AuditResources path) => observation.Record.EventSource switch
    {
        "ecs.amazonaws.com" => OfTasks(observation, path),
        "autoscaling.amazonaws.com" => OfScaling(observation, path),
        "ecr.amazonaws.com" => OfImage(observation, path),
        _ => null,
    };

    public static PathChange? OfSecret(Observation observation, AuditResources path)
    {
        if (observation.Record.EventName is not ("PutSecretValue" or "UpdateSecret" or "UpdateSecretVersionStage" or "DeleteSecret" or "RotateSecret" or "PutResourcePolicy" or "DeleteResourcePolicy"
                or "ReplicateSecretToRegions" or "PutParameter" or "DeleteParameter" or "DeleteParameters" or "LabelParameterVersion")
            || MayDeploy(observation, path))
        {
            return null;
        }

        var names = PolicyJson.Texts(Observation.Member(observation.Parameters, "names")).Append(observation.Parameter("secretId")).Append(observation.Parameter("name"))
            .Append(observation.Parameter("resourceArn")).Append(Attempt.RefusedName(observation, ":secretsmanager:", ["secret"])).Append(Attempt.RefusedName(observation, ":ssm:", ["parameter"]));
        return names.OfType<string>().FirstOrDefault(path.IsSecret) is { } name ? new("secret", name, $"{observation.Record.EventName} on Sentinel's {name}") : null;
    }

    private static PathChange? OfTasks(Observation observation, AuditResources path)
    {
        var cluster = observation.Record.EventName is "RegisterTaskDefinition" or "DeregisterTaskDefinition" ? null : TaskRuns.ClusterOf(observation);
        var service = observation.Parameter("service") ?? observation.Parameter("serviceName");
        var name = service?[(service.LastIndexOf('/') + 1)..];
        if (!observation.RunsSentinel && !(cluster is not null && path.IsCluster(cluster)) && !(name is not null && path.IsTaskFamily(name)))
            return null;

        var what = WhatBecameOfIt(observation, MayDeploy(observation, path));
        return what is null ? null : new("service", name ?? cluster ?? observation.Parameter("family") ?? "sentinel", $"Sentinel {what}");
    }

    private static string? WhatBecameOfIt(Observation observation, bool mayDeploy) => observation.Record.EventName switch
    {
        "UpdateService" when IsZero(Observation.Member(observation.Parameters, "desiredCount")) => "was scaled to no task",
        "DeleteService" or "DeleteCluster" => $"lost what runs it: {observation.Record.EventName}",
        "RegisterTaskDefinition" when observation.SentinelLoss is { } loss => loss,
        _ when mayDeploy => null,
        "UpdateService" when Principals.IsServiceLinked(observation.Principal) => null,
        "RegisterTaskDefinition" => $"has a new task definition {observation.Parameter("family")}",
        "UpdateService" or "CreateService" or "RunTask" or "StartTask" or "CreateTaskSet" or "UpdateTaskSet" or "DeleteTaskSet" or "StopTask" or "ExecuteCommand" or "DeregisterTaskDefinition"
            or "DeleteTaskDefinitions" or "DeregisterContainerInstance" or "UpdateContainerInstancesState" or "PutClusterCapacityProviders" or "UpdateCluster" or "UpdateServicePrimaryTaskSet" =>
            $"runs otherwise: {observation.Record.EventName}",
        _ => null,
    };

    /// <summary>Application Auto Scaling: <c>service/{cluster}/{service}</c> with room for no task.</summary>
    private static PathChange? OfScaling(Observation observation, AuditResources path)
    {
        if (observation.Parameter("resourceId")?.Split('/') is not ["service", var cluster, var service] || !path.IsCluster(cluster) && !path.IsTaskFamily(service))
            return null;

        return IsZero(Observation.Member(observation.Parameters, "maxCapacity")) || IsZero(Observation.Member(Observation.Member(observation.Parameters, "scalableTargetAction"), "maxCapacity"))
            ? new("service", service, "Sentinel was scaled to no task")
            : null;
    }

    private static PathChange? OfImage(Observation observation, AuditResources path)
    {
        var repository = observation.Parameter("repositoryName") ?? Attempt.RefusedName(observation, ":ecr:", ["repository"]);
        return repository is not null && path.IsTaskFamily(repository) && !MayDeploy(observation, path) && observation.Record.EventName is "PutImage" or "SetRepositoryPolicy" or "DeleteRepository" or "BatchDeleteImage"
            ? new("service", repository, $"Sentinel runs from the image repository {repository}: {observation.Record.EventName}")
            : null;
    }

    private static bool IsZero(JsonElement number) => PolicyJson.Text(number) == "0";
}
