namespace KmsLab.Sentinel.Trail;

/// <summary>The section <c>Sentinel:Evidence</c>: the audit path, through which records come. Who wants to be unseen begins here.</summary>
internal sealed class AuditPathOptions
{
    /// <summary>
    /// ARNs of the trails that Sentinel reads. AWS advises to exclude KMS on second trails: once the trails are named, others may do as they like. Until
    /// then every trail counts.
    /// </summary>
    public string[] TrailArns { get; set; } = [];

    /// <summary>Log groups that records pass. Unset: <c>Sentinel:LogGroups</c>.</summary>
    public string[] LogGroups { get; set; } = [];

    /// <summary>Buckets that the trails deliver to. Unset: none.</summary>
    public string[] Buckets { get; set; } = [];

    /// <summary>ARNs of the SNS topics that alarms go through. Unset: that of <c>Sentinel:Notifications:Sns</c>.</summary>
    public string[] Topics { get; set; } = [];

    /// <summary>Names of the CloudWatch alarms that watch Sentinel, with <c>*</c> and <c>?</c>. Unset: none.</summary>
    public string[] Alarms { get; set; } = [];

    /// <summary>ARNs of the KMS keys that encrypt trail, log group, bucket or topic. Unset: none.</summary>
    public string[] KeyArns { get; set; } = [];

    /// <summary>ARNs of the roles with which CloudTrail delivers and Sentinel reads. Unset: none.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>ECS clusters, by name with <c>*</c> and <c>?</c>, in which Sentinel runs alone. Unset: those with <c>sentinel</c> in their name.</summary>
    public string[] Clusters { get; set; } = [];

    /// <summary>Families of task definitions, services and image repositories that Sentinel runs from, with <c>*</c> and <c>?</c>. Unset: those with <c>sentinel</c> in their name.</summary>
    public string[] TaskFamilies { get; set; } = [];

    /// <summary>Names or ARNs of Sentinel's own secrets and parameters, with <c>*</c> and <c>?</c>. Unset: those with <c>sentinel</c> in their name.</summary>
    public string[] Secrets { get; set; } = [];

    /// <summary>Principals that may deploy Sentinel anew, with <c>*</c> and <c>?</c>; stopping it is told of whoever does it. Unset: the Deployers of all protected sets.</summary>
    public string[] Deployers { get; set; } = [];

    /// <summary>A retention or an expiry of fewer days is a way to lose evidence.</summary>
    public int MinimumRetentionDays { get; set; } = 30;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        foreach (var (name, service, arns) in (IEnumerable<(string, string, string[])>)
                 [(nameof(TrailArns), "cloudtrail", TrailArns), (nameof(Topics), "sns", Topics), (nameof(KeyArns), "kms", KeyArns), (nameof(Roles), "iam", Roles)])
        {
            foreach (var arn in arns.Where(arn => arn.Split(':') is not ["arn", _, var part, _, _, _, ..] || part != service))
                yield return $"Sentinel:Evidence:{name}: '{arn}' is no ARN of {service}";
        }

        if (MinimumRetentionDays < 0)
            yield return "Sentinel:Evidence:MinimumRetentionDays must not be negative";
    }
}
