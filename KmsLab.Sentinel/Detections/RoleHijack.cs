using System.Net;
using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody changes or borrows a role that may use protected keys, or runs its credentials elsewhere.</summary>
/// <remarks>PassRole is no call of its own: it shows in the calls that hand a role to a service, and in the message of the refusal.</remarks>
internal static class RoleHijack
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "role-hijack",
        Title = "A role that may use protected keys was changed, borrowed or used elsewhere",
        Severity = Severity.High,
        Technique = "T1098.003",
        About = "Whoever may become the application can read what it can. By anyone but the set's Deployers: changes of the role's trust and policies, the role handed to a service (PassRole), "
            + "ECS ExecuteCommand into its tasks, tasks and services started or changed with its task definitions. And the role's own credentials from outside its addresses and VPC endpoints.",
        Why = "{principal} from {address} reached for the role {target} of {set}: {detail}.",
        Tuning = "Name the set's Roles, Deployers, Addresses or VpcEndpoints, and Clusters and TaskFamilies where tasks run. Other services that roles are passed to are watched once "
            + "their event source is read, as with a rule that names it in EventSources. A managed policy that is attached already can change unseen here.",
        Runbook =
        [
            "Is it a deployment? Then name its role in the set's Deployers. Otherwise look at what the role allows now, and whom:",
            "aws iam get-role --role-name {target}",
            "aws iam list-role-policies --role-name {target}",
            "aws iam list-attached-role-policies --role-name {target}",
            "A task that was started or entered is stopped by the cluster and task in the record:",
            "aws ecs stop-task --cluster {cluster} --task {task} --reason kmslab-quarantine",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromMinutes(30)),
        EventSources = ["kms.amazonaws.com", "iam.amazonaws.com", "ecs.amazonaws.com", "lambda.amazonaws.com", "codebuild.amazonaws.com", "glue.amazonaws.com"],
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (!Attempt.Counts(observation))
            return null;

        foreach (var set in observation.Sets)
        {
            if (set.Roles.Contains(observation.Principal) && Outside(observation, set) is { } where)
                return Of(observation, set, observation.Principal, where);
            if (!Principals.IsAmong(observation.Principal, set.Deployers) && !Principals.IsServiceLinked(observation.Principal) && Reach(observation, set) is var (role, how))
                return Of(observation, set, role, Attempt.Describe(observation, how));
        }

        return null;
    }

    private static Selection Of(Observation observation, ProtectedSet set, string role, string detail)
    {
        List<KeyValuePair<string, string>> members = [new("set", set.Name), new("target", role[(role.LastIndexOf('/') + 1)..]), new("principal", observation.Principal)];
        if (observation.Record.EventName == "ExecuteCommand" && observation.Parameter("task") is { } task)
            members.AddRange([new("cluster", ClusterOf(observation)), new("task", task)]);
        return new(new DetectionGroup(members), Detail: detail);
    }

    private static (string Role, string How)? Reach(Observation observation, ProtectedSet set) => observation.Record.EventSource switch
    {
        "iam.amazonaws.com" => Changed(observation, set),
        "ecs.amazonaws.com" => Passed(observation, set) ?? Run(observation, set),
        "kms.amazonaws.com" or "sts.amazonaws.com" => null,
        _ => Passed(observation, set),
    };

    private static (string, string)? Changed(Observation observation, ProtectedSet set)
    {
        if (observation.Record.EventName is not ("UpdateAssumeRolePolicy" or "PutRolePolicy" or "AttachRolePolicy" or "DeleteRolePolicy" or "DetachRolePolicy" or "DeleteRole"
            or "PutRolePermissionsBoundary" or "DeleteRolePermissionsBoundary" or "UpdateRole" or "AddRoleToInstanceProfile"))
        {
            return null;
        }

        var named = observation.Parameter("roleName");
        var role = set.Roles.FirstOrDefault(arn => named is null ? IsRefused(observation, arn) : RoleNames.IsNamed(arn, named, observation.Record));
        return role is null ? null : (role, $"{observation.Record.EventName} on the role");
    }

    /// <summary>IAM says <c>on resource: role name</c>, or the ARN.</summary>
    private static bool IsRefused(Observation observation, string arn) =>
        Attempt.RefusalNames(observation, arn) || Attempt.RefusalNames(observation, $"role {arn[(arn.LastIndexOf('/') + 1)..]}");

    private static (string, string)? Passed(Observation observation, ProtectedSet set)
    {
        if (observation.Record.ReadOnly == true)
            return null;

        var role = set.Roles.FirstOrDefault(arn => Hands(observation.Parameters, arn) || Attempt.RefusalNames(observation, arn));
        return role is null ? null : (role, $"{observation.Record.EventName} hands the role to {observation.Record.EventSource.Split('.')[0]}");
    }

    /// <summary>Whether a parameter whose name has <c>role</c> in it has this value, at any depth.</summary>
    private static bool Hands(JsonElement element, string arn) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(member =>
            member.Value.ValueKind == JsonValueKind.String ? member.Name.Contains("role", StringComparison.OrdinalIgnoreCase) && member.Value.ValueEquals(arn) : Hands(member.Value, arn)),
        JsonValueKind.Array => element.EnumerateArray().Any(item => Hands(item, arn)),
        _ => false,
    };

    private static (string, string)? Run(Observation observation, ProtectedSet set)
    {
        if (set.Roles.Length == 0)
            return null;

        var how = observation.Record.EventName switch
        {
            "ExecuteCommand" when set.Clusters.Length == 0 || set.Clusters.Contains(ClusterOf(observation)) => $"a command was run in a container of the cluster {ClusterOf(observation)}",
            "RunTask" or "StartTask" or "CreateService" or "UpdateService" or "CreateTaskSet" when observation.TaskSet == set =>
                $"{observation.Record.EventName} with the task definition {observation.Parameter("taskDefinition")}",
            "UpdateService" when observation.Parameter("taskDefinition") is null && set.Clusters.Contains(ClusterOf(observation)) =>
                $"the service {observation.Parameter("service")} was changed",
            _ => null,
        };
        return how is null ? null : (set.Roles[0], how);
    }

    /// <summary>The cluster's name; ECS takes <c>default</c> for none.</summary>
    private static string ClusterOf(Observation observation) =>
        observation.Parameter("cluster") is { Length: > 0 } cluster ? cluster[(cluster.LastIndexOf('/') + 1)..] : "default";

    /// <summary>Services that call on the role's behalf have no address; with neither addresses nor endpoints configured, anywhere is inside.</summary>
    private static string? Outside(Observation observation, ProtectedSet set)
    {
        var record = observation.Record;
        if (record.Identity.InvokedBy is not null || set.Addresses.Length + set.VpcEndpoints.Length == 0)
            return null;
        if (record.VpcEndpointId is { } endpoint && set.VpcEndpoints.Contains(endpoint))
            return null;
        if (!IPAddress.TryParse(record.SourceIpAddress, out var address) || set.Addresses.Any(range => Holds(range, address)))
            return null;

        return $"its credentials called {record.EventName} from {address}{(record.VpcEndpointId is { } through ? $" through {through}" : "")}";
    }

    private static bool Holds(string range, IPAddress address) =>
        IPNetwork.TryParse(range, out var network) ? network.Contains(address) : IPAddress.TryParse(range, out var one) && one.Equals(address);
}
