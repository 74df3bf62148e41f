namespace KmsLab.Sentinel.Detections;

/// <summary>Steps that several runbooks have in common. A command is left out where the alarm does not know what it needs, so those for users and for roles stand together.</summary>
internal static class Reactions
{
    private const string DenyKms = "'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"kms:*\",\"Resource\":\"*\"}]}'";

    // The shell fills in the time of pasting: sessions that are opened after it are not cut off.
    private const string DenyOlderSessions =
        "'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"DateLessThan\":{\"aws:TokenIssueTime\":\"'\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"'\"}}}]}'";

    /// <summary>Stops a principal's credentials: the role's sessions, or the user's key.</summary>
    public static IReadOnlyList<string> StopPrincipal { get; } =
    [
        "Stop the credentials first, then ask who had them. Cutting off a role's sessions cuts off the application's own, too: restart its tasks afterwards.",
        $"aws iam put-role-policy --role-name {{role}} --policy-name AWSRevokeOlderSessions --policy-document {DenyOlderSessions}",
        $"aws iam put-role-policy --role-name {{role}} --policy-name kmslab-quarantine --policy-document {DenyKms}",
        "aws iam update-access-key --user-name {user} --access-key-id {accessKey} --status Inactive",
        $"aws iam put-user-policy --user-name {{user}} --policy-name kmslab-quarantine --policy-document {DenyKms}",
    ];

    /// <summary>Finds out what else was done with the same credentials.</summary>
    public static IReadOnlyList<string> FollowCredentials { get; } =
    [
        "What else did these credentials do? The event history can't be switched off.",
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={accessKey}",
    ];

    /// <summary>Brings a key back.</summary>
    public static IReadOnlyList<string> RestoreKey { get; } =
    [
        "aws kms describe-key --key-id {key}",
        "aws kms cancel-key-deletion --key-id {key}",
        "aws kms enable-key --key-id {key}",
    ];
}
