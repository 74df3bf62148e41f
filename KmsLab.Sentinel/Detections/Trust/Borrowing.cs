using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>AssumeRole by somebody who is not what the role is for.</summary>
internal static class Borrowing
{
    private const string Tasks = "ecs-tasks.amazonaws.com";

    /// <summary>Roles that services alone assume: the application's and its secret's reader. Deployers are assumed by people and pipelines all day.</summary>
    public static Reached? Of(Observation observation, ProtectedSet set)
    {
        if (observation.Record.EventName is not ("AssumeRole" or "AssumeRoleWithWebIdentity" or "AssumeRoleWithSAML"))
            return null;

        string[] roles = [.. set.Roles, .. set.SecretReaders];
        var role = observation.Parameter("roleArn") is { } named ? TrustedPrincipals.ByArn(roles, named) : roles.FirstOrDefault(arn => Attempt.RefusalNames(observation, arn));
        if (role is null || role == observation.Principal || IsExpected(observation, set))
            return null;

        return new(role, $"{observation.Record.EventName} by {Who(observation)}");
    }

    /// <summary>Where the set names ECS, its tasks' service; else any service, and whoever an identity provider vouches for, as in a cluster of Kubernetes.</summary>
    private static bool IsExpected(Observation observation, ProtectedSet set)
    {
        var runsOnEcs = set.Clusters.Length + set.TaskFamilies.Length > 0;
        var identity = observation.Record.Identity;
        if (identity.InvokedBy is { } service && (identity.Type is "AWSService" or null))
            return !runsOnEcs || service == Tasks;

        return !runsOnEcs && observation.Record.EventName != "AssumeRole";
    }

    private static string Who(Observation observation) => observation.Record.Identity.InvokedBy ?? observation.Principal;
}
