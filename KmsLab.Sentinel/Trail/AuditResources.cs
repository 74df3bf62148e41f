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

    private static readonly string[] Own = ["*sentinel*"];

    public int MinimumRetentionDays => _named.MinimumRetentionDays;

    public bool NamesBuckets => _named.Buckets.Length > 0;

    public bool NamesRoles => _named.Roles.Length > 0;

    public bool NamesKeys => _named.KeyArns.Length > 0;

    /// <summary>A trail, by ARN, or by name in its own account and home Region.</summary>
    public bool IsTrail(string trail, CloudTrailRecord record) => _named.TrailArns.Length == 0 || _named.TrailArns.Any(arn =>
        arn == trail || arn.Split(':') is [_, _, _, var region, var account, var resource]
        && resource == $"trail/{trail}" && (record.Region is null || record.Region == region) && (record.RecipientAccountId is null || record.RecipientAccountId == account));

    public IReadOnlyList<string> TrailArns => _named.TrailArns;

    public IReadOnlyList<string> Buckets => _named.Buckets;

    public IReadOnlyList<string> Topics => _topics;

    public IReadOnlyList<string> Keys => _named.KeyArns;

    public IReadOnlyList<string> Roles => _named.Roles;

    /// <summary>Who may deploy Sentinel anew; none where the configuration leaves that to the protected sets.</summary>
    public IReadOnlyList<string> Deployers => _named.Deployers;

    /// <summary>A log group, by name or ARN.</summary>
    public bool IsLogGroup(string group) => _groups.Select(LogGroupName).Contains(LogGroupName(group));

    /// <summary>A log group to which a trail delivers, by ARN: the same name in another account or Region than the trail's is another group.</summary>
    public bool IsLogGroupOf(string group, CloudTrailRecord trail) => IsLogGroup(group)
        && (group.Split(':') is not ["arn", _, "logs", var region, var account, ..]
            || (trail.Region is null || trail.Region == region) && (trail.RecipientAccountId is null || trail.RecipientAccountId == account));

    /// <summary>A cluster of Sentinel's own.</summary>
    public bool IsCluster(string name) => Fits(_named.Clusters, name);

    /// <summary>A task family, service or repository of Sentinel's own.</summary>
    public bool IsTaskFamily(string name) => Fits(_named.TaskFamilies, name);

    /// <summary>A secret or parameter of Sentinel's own, by name or ARN.</summary>
    public bool IsSecret(string named)
    {
        var name = named.Split(':', 7) is ["arn", _, _, _, _, _, ..] ? named[(named.IndexOf("parameter", StringComparison.Ordinal) is >= 0 and var at ? at + 9 : named.LastIndexOf(':') + 1)..] : named;
        return Fits(_named.Secrets, name) || _named.Secrets.Any(secret => secret == named || FileSystemName.MatchesSimpleExpression($"*:secret:{name}-??????", secret)
            || secret.EndsWith($":secret:{name}", StringComparison.Ordinal) || secret.EndsWith($":parameter/{name.TrimStart('/')}", StringComparison.Ordinal));
    }

    public bool IsBucket(string bucket) => _named.Buckets.Contains(bucket);

    public bool IsTopic(string arn) => _topics.Contains(arn);

    /// <summary>The topic that a subscription belongs to: <c>{topic}:{id}</c>.</summary>
    public string? TopicOf(string subscription) => _topics.FirstOrDefault(topic => subscription.StartsWith(topic + ":", StringComparison.Ordinal));

    public bool IsAlarm(string name) => _named.Alarms.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    public bool IsKey(string arn) => _named.KeyArns.Contains(arn);

    /// <summary>A role by name, in its own account.</summary>
    public bool IsRole(string name, CloudTrailRecord record) => _named.Roles.Any(arn => RoleNames.IsNamed(arn, name, record));

    private static bool Fits(string[] patterns, string name) =>
        (patterns.Length == 0 ? Own : patterns).Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true));

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
