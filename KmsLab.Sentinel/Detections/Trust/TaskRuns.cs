using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>Ways into the application's tasks: running them elsewhere, entering them, changing what they run.</summary>
internal static class TaskRuns
{
    /// <summary>ECS names no role here, so the set's first one stands for them.</summary>
    public static Reached? Of(Observation observation, ProtectedSet set)
    {
        if (set.Roles.Length == 0)
            return null;

        var how = observation.Record.EventSource switch
        {
            "ecs.amazonaws.com" => OfEcs(observation, set),
            "ssm.amazonaws.com" => OfSession(observation, set),
            "ecr.amazonaws.com" => OfImage(observation, set),
            _ => observation.Record.ReadOnly == true ? null
                : observation.TaskSet == set ? $"{observation.Record.EventName} with a task definition of the application"
                : ClusterIn(observation, set) is { } cluster ? $"{observation.Record.EventName} lets tasks run in the cluster {cluster}" : null,
        };
        return how is null ? null : new(set.Roles[0], how);
    }

    /// <summary>The cluster's name; ECS takes <c>default</c> for none. A refusal may name it in its message only.</summary>
    public static string ClusterOf(Observation observation)
    {
        if (observation.Parameter("cluster") is { Length: > 0 } cluster)
            return cluster[(cluster.LastIndexOf('/') + 1)..];
        return observation.Parameters.ValueKind == JsonValueKind.Object
            ? "default"
            : Attempt.RefusedName(observation, ":ecs:", ["cluster", "task", "service", "container-instance"]) is { } named ? named.Split('/')[0] : "default";
    }

    private static string? OfEcs(Observation observation, ProtectedSet set) => observation.Record.EventName switch
    {
        "ExecuteCommand" when set.Clusters.Length == 0 || set.Clusters.Contains(ClusterOf(observation)) => $"a command was run in a container of the cluster {ClusterOf(observation)}",
        "RunTask" or "StartTask" or "CreateService" or "UpdateService" or "CreateTaskSet" when observation.TaskSet == set =>
            $"{observation.Record.EventName} with the task definition {observation.Parameter("taskDefinition") ?? "of the application"}",
        "UpdateService" or "CreateTaskSet" or "UpdateTaskSet" or "UpdateServicePrimaryTaskSet" or "DeleteTaskSet" when IsService(observation, set) => Changed(observation),
        "RunTask" or "StartTask" or "CreateService" when observation.Record.Identity.InvokedBy is null && set.Clusters.Contains(ClusterOf(observation)) =>
            $"{observation.Record.EventName} with {observation.Parameter("taskDefinition") ?? "a task definition"} in the cluster {ClusterOf(observation)}, beside the application",
        "RegisterTaskDefinition" when observation.TaskSet == set => $"the task definition {observation.Parameter("family")} has a new revision",
        _ => null,
    };

    /// <summary>A service of the application: by records that told what it runs, by its cluster, or by the name of a family.</summary>
    private static bool IsService(Observation observation, ProtectedSet set) => observation.ServiceSet == set
        || set.Clusters.Contains(ClusterOf(observation)) || ServiceOf(observation) is { } service && set.TaskFamilies.Contains(service);

    private static string Changed(Observation observation) => observation.Parameter("taskDefinition") is { } definition
        ? $"the service {ServiceOf(observation)} is to run {definition}"
        : $"the service {ServiceOf(observation)} was changed{(observation.Record.EventName == "UpdateService" ? "" : $" by {observation.Record.EventName}")}";

    /// <summary>The service's name, without cluster and ARN.</summary>
    public static string? ServiceOf(Observation observation) =>
        (observation.Parameter("service") ?? observation.Parameter("serviceName")) is { } service ? service[(service.LastIndexOf('/') + 1)..] : null;

    /// <summary>A cluster of the set's that is the target of another service's rule or schedule.</summary>
    private static string? ClusterIn(Observation observation, ProtectedSet set) => set.Clusters.Length == 0 ? null : Observation.Texts(observation.Parameters)
        .Where(one => one.Text.Contains(":ecs:", StringComparison.Ordinal))
        .Select(one => one.Text[(one.Text.LastIndexOf('/') + 1)..]).FirstOrDefault(set.Clusters.Contains);

    /// <summary>Session Manager enters a container too: <c>ecs:{cluster}_{task}_{runtime}</c> is the target.</summary>
    private static string? OfSession(Observation observation, ProtectedSet set)
    {
        if (observation.Record.EventName != "StartSession")
            return null;

        var target = observation.Parameter("target") ?? Attempt.RefusedName(observation, ":ecs:", ["task"])?.Replace('/', '_').Insert(0, "ecs:");
        return target?.StartsWith("ecs:", StringComparison.Ordinal) == true
            && (set.Clusters.Length == 0 || set.Clusters.Any(cluster => target.StartsWith($"ecs:{cluster}_", StringComparison.Ordinal)))
            ? $"a session was opened in {target}"
            : null;
    }

    private static string? OfImage(Observation observation, ProtectedSet set)
    {
        var repository = observation.Parameter("repositoryName") ?? Attempt.RefusedName(observation, ":ecr:", ["repository"]);
        if (repository is null || observation.ImageSet != set && !IsNamedAfter(repository, set))
            return null;

        return observation.Record.EventName switch
        {
            "PutImage" => $"an image was pushed to {repository}{(observation.Parameter("imageTag") is { } tag ? ":" + tag : "")}, which the application runs",
            "SetRepositoryPolicy" or "DeleteRepositoryPolicy" => $"others may push to {repository}, which the application runs",
            "PutImageTagMutability" when observation.Parameter("imageTagMutability") is not "IMMUTABLE" => $"tags of {repository}, which the application runs, may be moved",
            _ => null,
        };
    }

    /// <summary>Until a task definition taught where its images are, the repository of a family's or role's name is taken for it.</summary>
    private static bool IsNamedAfter(string repository, ProtectedSet set)
    {
        var name = repository[(repository.LastIndexOf('/') + 1)..];
        return set.TaskFamilies.Contains(name) || set.Roles.Any(role => role.EndsWith("/" + name, StringComparison.Ordinal));
    }
}
