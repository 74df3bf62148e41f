using KmsLab.Sentinel.Detections.Trust;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody changes or borrows a role that may use protected keys, or runs its credentials elsewhere.</summary>
internal static class RoleHijack
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "role-hijack",
        Title = "A role that may use protected keys was changed, borrowed or used elsewhere",
        Severity = Severity.High,
        Technique = "T1098.003",
        About = "Whoever may become the application, or one that is trusted like it, can read what it can. By anyone but the set's Deployers: changes of the trust and policies of its Roles, SecretReaders, "
            + "UnattestedPrincipals and Deployers, a role or user made that one of their patterns names, such a role handed to a service (PassRole: tasks and their overrides, functions, jobs, stacks, instance "
            + "profiles, profiles of IAM Roles Anywhere), the application's roles assumed by a stranger, commands and sessions in its tasks and on instances that run with such a role, its task definitions registered "
            + "or run, other ones run by its services or in its clusters, images pushed over its own, and identity providers and trust anchors that may vouch for such a role. And the application's credentials from outside its addresses and VPC endpoints.",
        Why = "{principal} from {address} reached for the role {target} of {set}: {detail}.",
        Tuning = "Name the set's Roles, Deployers (the pipeline that pushes images among them), Addresses or VpcEndpoints, and Clusters and TaskFamilies where tasks run. Other services that roles are "
            + "passed to are watched once their event source is read, as with a rule that names it in EventSources. Whose a managed policy is, which image a task definition runs and whose role an "
            + "instance profile or an instance holds, and whom a trust names, is learned from records: what was attached before Sentinel watched is told by its name only. The same policy put again is quiet. Deployers are assumed and used "
            + "by people and pipelines: that is not judged.",
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
        EventSources =
        [
            "kms.amazonaws.com", "iam.amazonaws.com", "ecs.amazonaws.com", "lambda.amazonaws.com", "codebuild.amazonaws.com", "glue.amazonaws.com", "sts.amazonaws.com", "ssm.amazonaws.com",
            "ecr.amazonaws.com", "ec2.amazonaws.com", "autoscaling.amazonaws.com", "batch.amazonaws.com", "sagemaker.amazonaws.com", "cloudformation.amazonaws.com", "states.amazonaws.com",
            "events.amazonaws.com", "scheduler.amazonaws.com", "eks.amazonaws.com", "rolesanywhere.amazonaws.com", "apprunner.amazonaws.com", "elasticmapreduce.amazonaws.com",
            "ec2-instance-connect.amazonaws.com", "codepipeline.amazonaws.com", "codedeploy.amazonaws.com", "imagebuilder.amazonaws.com", "emr-serverless.amazonaws.com",
            "emr-containers.amazonaws.com", "pipes.amazonaws.com", "datapipeline.amazonaws.com", "bedrock.amazonaws.com", "bedrock-agentcore.amazonaws.com",
        ],
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (!Attempt.Counts(observation))
            return null;

        foreach (var set in observation.Sets)
        {
            if (set.Roles.Contains(observation.Principal) && Places.Outside(observation, set) is { } where)
                return Of(observation, set, new(observation.Principal, $"its credentials called {observation.Record.EventName} from {where}"));
            if (!MayDo(observation, set) && Reach(observation, set) is { } reached)
                return Of(observation, set, reached with { How = Attempt.Describe(observation, reached.How) });
        }

        return null;
    }

    private static Selection Of(Observation observation, ProtectedSet set, Reached reached)
    {
        List<KeyValuePair<string, string>> members =
            [new("set", set.Name), new("target", reached.Principal[(reached.Principal.LastIndexOf('/') + 1)..]), new("principal", observation.Principal)];
        if (observation.Record.EventName == "ExecuteCommand" && observation.Parameter("task") is { } task)
            members.AddRange([new("cluster", TaskRuns.ClusterOf(observation)), new("task", task)]);
        return new(new DetectionGroup(members), Detail: reached.How);
    }

    /// <summary>Deployers may. A service-linked role may scale a service, as auto scaling does; what it does with roles it does for somebody else.</summary>
    private static bool MayDo(Observation observation, ProtectedSet set) => Principals.IsAmong(observation.Principal, set.Deployers)
        || Principals.IsServiceLinked(observation.Principal) && observation.Record.EventName == "UpdateService" && observation.Parameter("taskDefinition") is null;

    private static Reached? Reach(Observation observation, ProtectedSet set) => observation.Record.EventSource switch
    {
        "iam.amazonaws.com" => observation.IsUnchanged ? null : IdentityChanges.Of(observation, TrustedPrincipals.Of(set)) ?? Entering.Of(observation, TrustedPrincipals.Of(set)),
        "sts.amazonaws.com" => Borrowing.Of(observation, set),
        "kms.amazonaws.com" => null,
        // A session there uses what its profile hands over; STS tells of it. Responses name the roles of a profile that is taken away, too.
        "rolesanywhere.amazonaws.com" when observation.Record.EventName is not ("CreateProfile" or "UpdateProfile" or "EnableProfile") => Entering.Of(observation, TrustedPrincipals.Of(set)),
        _ => Handover.Of(observation, TrustedPrincipals.Of(set)) ?? Entering.Of(observation, TrustedPrincipals.Of(set)) ?? TaskRuns.Of(observation, set),
    };
}
