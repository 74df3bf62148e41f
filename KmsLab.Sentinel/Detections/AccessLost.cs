using KmsLab.Sentinel.Policies;

namespace KmsLab.Sentinel.Detections;

/// <summary>A policy or grant takes away what the application or the administrators of a protected key had.</summary>
/// <remarks>What a change takes away is worked out by <see cref="PolicyLoss"/>; drift that no record told comes from the readings of KMS itself.</remarks>
internal static class AccessLost
{
    public const string Id = "access-lost";

    public static DetectionDefinition Definition { get; } = new()
    {
        Id = Id,
        Title = "The application or the administrators were locked out of a key",
        Severity = Severity.Critical,
        Technique = "T1531",
        About = "The policy and grants of each protected key are compared with those before: a role of the set that may not use the key any more, an administrator or the account itself that may "
            + "not change its policy, by an Allow or a grant that is gone or a Deny that came. Data that nobody can decrypt is lost as surely as if its key were deleted.",
        Why = "Access to {key} was taken away by {principal}: {detail}.",
        Tuning = "Name in the set's Roles only roles that the application really has. A planned change of who administers a key fires once: acknowledge it.",
        Runbook =
        [
            "Put the policy back from where it is kept (the template that deploys it), as long as somebody may.",
            "aws kms get-key-policy --key-id {key} --policy-name default --output text",
            "aws kms put-key-policy --key-id {key} --policy-name default --policy file://key-policy.json",
            "Nobody may any more? Only AWS Support can help then; open a case from the account that owns the key.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Select = observation => observation is { IsKms: true, Losses: { Count: > 0 } losses, Record.KeyArns: [var key, ..] }
            ? new(KeyExposure.GroupOf(key), Detail: string.Join("; ", losses))
            : null,
    };
}
