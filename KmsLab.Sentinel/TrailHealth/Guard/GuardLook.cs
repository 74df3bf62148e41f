using System.Globalization;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Sentinel.Detections.AuditPath;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>What a look is to look at.</summary>
/// <param name="Trails">ARNs of known trails.</param>
/// <param name="LogGroups">Names of the log groups that are read.</param>
/// <param name="FindTrails">Whether to look for trails that deliver to these groups.</param>
/// <param name="AskKeys">ARNs of the keys to ask for this time.</param>
/// <param name="AllKeys">ARNs of all keys that are to be watched.</param>
internal sealed record GuardPlan(IReadOnlyList<string> Trails, IReadOnlyList<string> LogGroups, bool FindTrails, IReadOnlyList<string> AskKeys, IReadOnlyList<string> AllKeys);

/// <summary>Looks at the way of the evidence from outside: trails with their selectors and delivery errors, log groups, and the keys of all of these.</summary>
internal sealed class GuardLook(IAmazonCloudTrail cloudTrail, IAmazonCloudWatchLogs logs, IAmazonKeyManagementService kms, GuardCalls calls)
{
    /// <summary>Looks once. What fails is in the report.</summary>
    public async Task<GuardReport> LookAsync(GuardPlan plan, CancellationToken cancellationToken)
    {
        var facts = new List<GuardFact>();
        var trails = plan.Trails.ToHashSet(StringComparer.Ordinal);
        if (plan.FindTrails)
            trails.UnionWith(await FindTrailsAsync(plan.LogGroups, facts, cancellationToken));
        foreach (var trail in trails)
            await LookAtTrailAsync(trail, facts, cancellationToken);
        foreach (var group in plan.LogGroups)
            await LookAtGroupAsync(group, facts, cancellationToken);

        var own = facts.Where(fact => fact is { Aspect: GuardAspect.EncryptionKey } && AuditResource.IsKey(fact.Value)).Select(fact => fact.Value).ToList();
        foreach (var key in plan.AskKeys.Concat(own).Distinct(StringComparer.Ordinal))
            await LookAtKeyAsync(key, facts, cancellationToken);

        return new(facts, plan.LogGroups.Select(group => AuditResource.LogGroupPrefix + group).Concat(plan.AllKeys).Concat(own).ToHashSet(StringComparer.Ordinal), calls.Problems);
    }

    private async Task<IEnumerable<string>> FindTrailsAsync(IReadOnlyList<string> groups, List<GuardFact> facts, CancellationToken cancellationToken)
    {
        var (found, _) = await calls.AskAsync(
            "cloudtrail:DescribeTrails", "*", facts, () => cloudTrail.DescribeTrailsAsync(new DescribeTrailsRequest { IncludeShadowTrails = true }, cancellationToken), cancellationToken);
        return (found?.TrailList ?? []).Where(trail => GroupOf(trail.CloudWatchLogsLogGroupArn) is { } group && groups.Contains(group)).Select(trail => trail.TrailARN);
    }

    private async Task LookAtTrailAsync(string arn, List<GuardFact> facts, CancellationToken cancellationToken)
    {
        var (answer, outcome) = await calls.AskAsync("cloudtrail:GetTrail", arn, facts, () => cloudTrail.GetTrailAsync(new GetTrailRequest { Name = arn }, cancellationToken), cancellationToken);
        if (outcome == GuardOutcome.Gone)
        {
            facts.Add(new(arn, GuardAspect.Exists, GuardAspect.No));
            return;
        }

        if (answer?.Trail is { } trail)
            facts.AddRange(FactsOf(arn, trail));
        var (status, _) = await calls.AskAsync(
            "cloudtrail:GetTrailStatus", arn, facts, () => cloudTrail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = arn }, cancellationToken), cancellationToken);
        if (status is not null)
            facts.AddRange(FactsOf(arn, status));
        var (selectors, _) = await calls.AskAsync(
            "cloudtrail:GetEventSelectors", arn, facts, () => cloudTrail.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = arn }, cancellationToken), cancellationToken);
        if (selectors is not null)
            facts.AddRange([new(arn, GuardAspect.KmsEvents, EventSelection.OfKms(selectors)), new(arn, GuardAspect.Selectors, EventSelection.Text(selectors))]);
    }

    private static GuardFact[] FactsOf(string arn, Amazon.CloudTrail.Model.Trail trail) =>
    [
        new(arn, GuardAspect.Exists, GuardAspect.Yes),
        new(arn, GuardAspect.LogGroup, Text(trail.CloudWatchLogsLogGroupArn)),
        new(arn, GuardAspect.Role, Text(trail.CloudWatchLogsRoleArn)),
        new(arn, GuardAspect.Bucket, Text(trail.S3BucketName) + (string.IsNullOrEmpty(trail.S3KeyPrefix) ? "" : "/" + trail.S3KeyPrefix)),
        new(arn, GuardAspect.MultiRegion, Text(trail.IsMultiRegionTrail)),
        new(arn, GuardAspect.GlobalEvents, Text(trail.IncludeGlobalServiceEvents)),
        new(arn, GuardAspect.Validation, Text(trail.LogFileValidationEnabled)),
        new(arn, GuardAspect.EncryptionKey, Text(trail.KmsKeyId)),
    ];

    private static GuardFact[] FactsOf(string arn, GetTrailStatusResponse status) =>
    [
        new(arn, GuardAspect.Logging, Text(status.IsLogging)),
        new(arn, GuardAspect.BucketError, Text(status.LatestDeliveryError)),
        new(arn, GuardAspect.LogsError, Text(status.LatestCloudWatchLogsDeliveryError)),
    ];

    private async Task LookAtGroupAsync(string name, List<GuardFact> facts, CancellationToken cancellationToken)
    {
        var resource = AuditResource.LogGroupPrefix + name;
        var request = new DescribeLogGroupsRequest { LogGroupNamePrefix = name };
        do
        {
            var (page, outcome) = await calls.AskAsync("logs:DescribeLogGroups", resource, facts, () => logs.DescribeLogGroupsAsync(request, cancellationToken), cancellationToken);
            if (outcome != GuardOutcome.Answered)
                return;
            if (page!.LogGroups?.Find(group => group.LogGroupName == name) is { } found)
            {
                facts.AddRange(
                [
                    new(resource, GuardAspect.Exists, GuardAspect.Yes),
                    new(resource, GuardAspect.Retention, found.RetentionInDays?.ToString(CultureInfo.InvariantCulture) ?? GuardAspect.Never),
                    new(resource, GuardAspect.EncryptionKey, Text(found.KmsKeyId)),
                    new(resource, GuardAspect.Protection, Text(found.DataProtectionStatus?.Value)),
                ]);
                return;
            }

            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        facts.Add(new(resource, GuardAspect.Exists, GuardAspect.No));
    }

    private async Task LookAtKeyAsync(string arn, List<GuardFact> facts, CancellationToken cancellationToken)
    {
        var (answer, outcome) = await calls.AskAsync("kms:DescribeKey", arn, facts, () => kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = arn }, cancellationToken), cancellationToken);
        if (outcome == GuardOutcome.Gone)
            facts.Add(new(arn, GuardAspect.KeyState, "gone"));
        else if (answer?.KeyMetadata is { } key)
            facts.Add(new(arn, GuardAspect.KeyState, StateOf(key)));
    }

    private static string StateOf(KeyMetadata key) => key.DeletionDate is { } deleted
        ? $"{key.KeyState} for {deleted.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
        : key.KeyState?.Value ?? GuardAspect.None;

    /// <summary>The name in <c>arn:aws:logs:region:account:log-group:name:*</c>.</summary>
    private static string? GroupOf(string? arn) => arn?.Split(':') is [_, _, "logs", _, _, "log-group", var name, ..] ? name : null;

    private static string Text(string? value) => string.IsNullOrEmpty(value) ? GuardAspect.None : value;

    private static string Text(bool? value) => value == true ? GuardAspect.Yes : GuardAspect.No;
}
