using System.IO.Enumeration;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>Tells whether something that a record names belongs to the audit path, through which records come.</summary>
/// <param name="named">What the configuration names.</param>
/// <param name="logGroups">The log groups that are read: they count where none is named.</param>
/// <param name="topic">The ARN of the topic that is notified, or empty: it counts where none is named.</param>
internal sealed class AuditResources(AuditPathOptions named, IReadOnlyList<string> logGroups, string topic)
{
    private readonly AuditPathOptions _named = named;
    private readonly IReadOnlyList<string> _groups = named.LogGroups is { Length: > 0 } groups ? groups : logGroups;
    private readonly IReadOnlyList<string> _topics = named.Topics is { Length: > 0 } topics ? topics : topic.Length > 0 ? [topic] : [];

    public int MinimumRetentionDays => _named.MinimumRetentionDays;

    public bool NamesBuckets => _named.Buckets.Length > 0;

    public bool NamesRoles => _named.Roles.Length > 0;

    public bool NamesKeys => _named.KeyArns.Length > 0;

    /// <summary>A trail, by ARN, or by name in its own account and home Region.</summary>
    public bool IsTrail(string trail, CloudTrailRecord record) => _named.TrailArns.Length == 0 || _named.TrailArns.Any(arn =>
        arn == trail || arn.Split(':') is [_, _, _, var region, var account, var resource]
        && resource == $"trail/{trail}" && (record.Region is null || record.Region == region) && (record.RecipientAccountId is null || record.RecipientAccountId == account));

    /// <summary>A log group, by name or ARN.</summary>
    public bool IsLogGroup(string group) => _groups.Contains(LogGroupName(group));

    public bool IsBucket(string bucket) => _named.Buckets.Contains(bucket);

    public bool IsTopic(string arn) => _topics.Contains(arn);

    /// <summary>The topic that a subscription belongs to: <c>{topic}:{id}</c>.</summary>
    public string? TopicOf(string subscription) => _topics.FirstOrDefault(topic => subscription.StartsWith(topic + ":", StringComparison.Ordinal));

    public bool IsAlarm(string name) => _named.Alarms.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    public bool IsKey(string arn) => _named.KeyArns.Contains(arn);

    /// <summary>A role by name, in its own account.</summary>
    public bool IsRole(string name, CloudTrailRecord record) => _named.Roles.Any(arn => RoleNames.IsNamed(arn, name, record));

    public bool IsRoleArn(string arn) => _named.Roles.Contains(arn);

    /// <summary>The name in <c>arn:aws:logs:us-east-1:111122223333:log-group:trail:*</c>; a name is itself.</summary>
    public static string LogGroupName(string group) => group.Split(':') is ["arn", _, "logs", _, _, "log-group", var name, ..] ? name : group;
}

/// <summary>Compares roles by name: IAM's records say <c>roleName</c>, without path and account.</summary>
internal static class RoleNames
{
    public static bool IsNamed(string arn, string name, CloudTrailRecord record) =>
        arn.EndsWith("/" + name, StringComparison.Ordinal)
        && (record.RecipientAccountId is null || arn.Split(':') is [_, _, _, _, var account, ..] && account == record.RecipientAccountId);
}
