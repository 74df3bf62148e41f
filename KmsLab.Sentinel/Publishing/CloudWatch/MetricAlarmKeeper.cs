using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Makes CloudWatch's alarms those that the configuration names: creates, changes and removes its own, which bear its prefix and its tag.</summary>
internal sealed partial class MetricAlarmKeeper(IAmazonCloudWatch cloudWatch, MetricOptions options, ILogger<MetricAlarmKeeper> logger)
{
    public const string OwnerTag = "kmslab:owner";

    public const string Owner = "sentinel";

    /// <summary>Looks at all of them once.</summary>
    /// <returns>How many were created, changed or removed.</returns>
    public async Task<int> KeepAsync(CancellationToken cancellationToken)
    {
        var existing = await FindAsync(cancellationToken);
        var wanted = options.Alarms.ToDictionary(alarm => options.AlarmPrefix + alarm.Key, alarm => alarm.Value);
        var changes = 0;
        foreach (var (name, alarm) in wanted)
        {
            if (await PutAsync(name, alarm, existing.GetValueOrDefault(name), cancellationToken))
                changes++;
        }

        foreach (var (name, alarm) in existing.Where(alarm => !wanted.ContainsKey(alarm.Key)))
        {
            if (!await IsOursAsync(alarm, cancellationToken))
                continue;

            await cloudWatch.DeleteAlarmsAsync(new() { AlarmNames = [name] }, cancellationToken);
            Log.Removed(logger, name);
            changes++;
        }

        return changes;
    }

    private async Task<Dictionary<string, MetricAlarm>> FindAsync(CancellationToken cancellationToken)
    {
        var alarms = new Dictionary<string, MetricAlarm>();
        var request = new DescribeAlarmsRequest { AlarmNamePrefix = options.AlarmPrefix, AlarmTypes = [AlarmType.MetricAlarm.Value], MaxRecords = 100 };
        do
        {
            var page = await cloudWatch.DescribeAlarmsAsync(request, cancellationToken);
            foreach (var alarm in page.MetricAlarms ?? [])
                alarms[alarm.AlarmName] = alarm;
            request.NextToken = page.NextToken;
        }
        while (request.NextToken is { Length: > 0 });

        return alarms;
    }

    private async Task<bool> PutAsync(string name, MetricAlarmOptions wanted, MetricAlarm? existing, CancellationToken cancellationToken)
    {
        var request = RequestOf(name, wanted);
        if (existing is not null && IsSame(request, existing))
            return false;
        if (existing is not null && !await IsOursAsync(existing, cancellationToken))
        {
            Log.NotOurs(logger, name);
            return false;
        }

        // Tags are taken when an alarm is created, and ignored later.
        await cloudWatch.PutMetricAlarmAsync(request, cancellationToken);
        Log.Kept(logger, name);
        return true;
    }

    private async Task<bool> IsOursAsync(MetricAlarm alarm, CancellationToken cancellationToken)
    {
        var tags = await cloudWatch.ListTagsForResourceAsync(new() { ResourceARN = alarm.AlarmArn }, cancellationToken);
        return (tags.Tags ?? []).Any(tag => tag is { Key: OwnerTag, Value: Owner });
    }

    private PutMetricAlarmRequest RequestOf(string name, MetricAlarmOptions alarm) => new()
    {
        AlarmName = name,
        AlarmDescription = alarm.Description.Length > 0 ? alarm.Description : $"Kept by KmsLab Sentinel ({MetricOptions.Section}:Alarms).",
        Namespace = options.Namespace,
        MetricName = alarm.Metric,
        Dimensions = [.. alarm.Dimensions.Select(pair => new Dimension { Name = pair.Key, Value = pair.Value })],
        Statistic = alarm.Statistic,
        ComparisonOperator = alarm.Comparison,
        Threshold = alarm.Threshold,
        Period = (int)alarm.Period.TotalSeconds,
        EvaluationPeriods = alarm.EvaluationPeriods,
        DatapointsToAlarm = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
        TreatMissingData = alarm.TreatMissingData,
        ActionsEnabled = true,
        AlarmActions = [.. alarm.AlarmActions],
        OKActions = [.. alarm.OkActions],
        InsufficientDataActions = [.. alarm.InsufficientDataActions],
        Tags = [new() { Key = OwnerTag, Value = Owner }],
    };

    private static bool IsSame(PutMetricAlarmRequest wanted, MetricAlarm existing) => Describe(
            wanted.AlarmDescription, wanted.Namespace, wanted.MetricName, wanted.Dimensions, wanted.Statistic, wanted.ComparisonOperator, wanted.Threshold, wanted.Period,
            wanted.EvaluationPeriods, wanted.DatapointsToAlarm, wanted.TreatMissingData, wanted.ActionsEnabled, wanted.AlarmActions, wanted.OKActions, wanted.InsufficientDataActions)
        == Describe(
            existing.AlarmDescription, existing.Namespace, existing.MetricName, existing.Dimensions, existing.Statistic, existing.ComparisonOperator, existing.Threshold, existing.Period,
            existing.EvaluationPeriods, existing.DatapointsToAlarm ?? existing.EvaluationPeriods, existing.TreatMissingData ?? "missing", existing.ActionsEnabled, existing.AlarmActions, existing.OKActions,
            existing.InsufficientDataActions);

    /// <summary>An alarm as one text; lists in any order.</summary>
    private static string Describe(params object?[] parts) => string.Join('\n', parts.Select(part => part switch
    {
        IEnumerable<Dimension> dimensions => string.Join(',', dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}").Order(StringComparer.Ordinal)),
        IEnumerable<string> texts => string.Join(',', texts.Order(StringComparer.Ordinal)),
        _ => FormattableString.Invariant($"{part}"),
    }));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "CloudWatch alarm {Name} is now as configured.")]
        public static partial void Kept(ILogger logger, string name);

        [LoggerMessage(Level = LogLevel.Information, Message = "CloudWatch alarm {Name} was Sentinel's, is no longer configured, and is removed.")]
        public static partial void Removed(ILogger logger, string name);

        [LoggerMessage(Level = LogLevel.Warning, Message = "CloudWatch alarm {Name} exists and is not Sentinel's (no tag kmslab:owner=sentinel): it stays as it is. Choose another name or Sentinel:Metrics:AlarmPrefix.")]
        public static partial void NotOurs(ILogger logger, string name);
    }
}
