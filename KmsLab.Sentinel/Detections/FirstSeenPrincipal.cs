using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody who never did uses a protected set.</summary>
internal static class FirstSeenPrincipal
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "first-seen-principal",
        Title = "A principal uses a protected set for the first time",
        Severity = Severity.High,
        Technique = "T1078.004",
        About = "A role or user that has never used the set's keys makes a cryptographic call with one of them and succeeds. Principals are told by what lasts (a role, not its session "
            + "or its access keys), keys by their set, so new credentials and new per-record keys are no news. Who comes in the learning period, 7 days from the set's first record, and the "
            + "roles and the UnattestedPrincipals that the set's configuration names are known.",
        Why = "{principal} had never used {set} before {first}. It made {total} successful calls since, last {operation} from {address}.",
        Tuning = "Sentinel:Baselines:LearningPeriod (00:00:00: everybody is news, the first too). Name the application's roles in Sentinel:ProtectedSets:{set}:Roles. An administrator who may: "
            + "an exception with an end. It fires once for each principal and set; what the principal does on its first day is evidence.",
        Runbook =
        [
            "Is it a deployment that brought a new role? Then name the role in the set's Roles, so that the next Sentinel knows it too.",
            .. Reactions.FollowCredentials,
            "Find out what lets it use the key: its own policies, the key's policy or a grant.",
            "aws kms list-grants --key-id {key}",
            "aws kms get-key-policy --key-id {key} --policy-name default --output text",
            "Nobody knows it? Then it has to be stopped.",
            .. Reactions.StopPrincipal,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromDays(1)),
        Select = Select,
    };

    private static Selection? Select(Observation observation) => observation is { Use.IsNew: true, Set: { } set }
        ? new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]))
        : null;
}
