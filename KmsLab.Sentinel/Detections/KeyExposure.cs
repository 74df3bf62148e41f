using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A policy or grant lets somebody use a key who could not before.</summary>
/// <remarks>What a change lets in is worked out by <see cref="PolicyExposure"/>; drift that no record told is found by asking KMS.</remarks>
internal static class KeyExposure
{
    public const string Id = "key-exposure";

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "A key was opened to somebody",
        Severity = Severity.Critical,
        Technique = "T1098",
        About = "The policy and grants of each key are compared with those before, as records tell them and as KMS answers: everyone or another account let in, a new principal that may "
            + "decrypt, a Deny or a condition that is gone, a copy of the key in another Region. Everyone counts for any key, the rest for protected ones.",
        Why = "Access to {key} was changed by {principal}: {detail}.",
        Tuning = "Name accounts that may be let in in the set's TrustedAccounts, its own roles in Roles, services that grant themselves access in Services.",
        Runbook =
        [
            "Read who may do what now, and take back what should not be.",
            "aws kms get-key-policy --key-id {key} --policy-name default --output text",
            "aws kms list-grants --key-id {key}",
            "Grants are named in the evidence; revoke each that nobody knows with aws kms revoke-grant and its id.",
            "Put the policy back from where it is kept (the template that deploys it):",
            "aws kms put-key-policy --key-id {key} --policy-name default --policy file://key-policy.json",
            "While nobody knows, the key can be switched off; that stops the application as well.",
            "aws kms disable-key --key-id {key}",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Select = Select,
    };

    /// <summary>The group under which a key's exposure is counted, by records and readings alike.</summary>
    public static DetectionGroup GroupOf(string keyArn) => new([new("key", keyArn)]);

    private static Selection? Select(Observation observation)
    {
        if (observation is not { IsKms: true, Key: { } key })
            return null;
        if (observation.Exposures.Count > 0)
            return new(GroupOf(observation, key), Detail: DetailOf(observation));

        // A copy of the key is out of sight of a trail of one Region, whoever may use it there.
        var isCopied = observation is { Record.EventName: "ReplicateKey", Set: { } set } && !Principals.IsAmong(observation.Principal, set.Deployers) && Attempt.Counts(observation);
        var isTried = observation is { Record.EventName: "PutKeyPolicy" or "CreateGrant", Set: not null } && Attempt.IsRefused(observation);
        return isCopied
            ? new(GroupOf(observation, key), Detail: Attempt.Describe(observation, $"a copy of the key in {observation.Parameter("replicaRegion") ?? "another Region"}"))
            : isTried ? new(GroupOf(observation, key), Detail: Attempt.Describe(observation, observation.Record.EventName)) : null;
    }

    /// <summary>Many grants by one hand are one cause, and one alarm; each is named in the evidence.</summary>
    private static DetectionGroup GroupOf(Observation observation, string key) => observation.Record.EventName == "CreateGrant"
        ? new([new("key", key), new("principal", observation.Principal)])
        : GroupOf(key);

    private static string DetailOf(Observation observation)
    {
        var exposures = string.Join("; ", observation.Exposures);
        return Observation.Text(Observation.Member(observation.Response, "grantId")) is { } grant ? $"{exposures} (grant {grant})" : exposures;
    }
}
