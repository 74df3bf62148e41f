using System.Text.Json;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>What PutMetricAlarm demands beyond its members' own constraints.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html</remarks>
internal static class AlarmChecks
{
    private const int Day = 24 * 60 * 60;
    private const int Week = 7 * Day;

    /// <exception cref="AwsException">ValidationError, or UnsupportedOperationException for what is not served.</exception>
    public static void Check(PutMetricAlarmRequest alarm)
    {
        if (alarm.ThresholdMetricId is not null || alarm.ComparisonOperator is "LessThanLowerOrGreaterThanUpperThreshold" or "LessThanLowerThreshold" or "GreaterThanUpperThreshold")
            throw CloudWatchErrors.Unsupported("KmsLab LocalAws serves no anomaly detection alarms.");
        if (alarm.ComparisonOperator is null)
            throw CloudWatchErrors.Validation("ComparisonOperator must be specified.");
        if (alarm.Threshold is not { } threshold || !double.IsFinite(threshold))
            throw CloudWatchErrors.Validation("Threshold must be specified.");
        if (alarm.EvaluationPeriods is not { } periods)
            throw CloudWatchErrors.Validation("EvaluationPeriods must be specified.");
        if (alarm.DatapointsToAlarm > periods)
            throw CloudWatchErrors.Validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods.");

        var period = alarm.Metrics is null ? Plain(alarm) : OfQuery(alarm);
        if (period is not (10 or 20 or 30) && period % 60 != 0)
            throw CloudWatchErrors.Validation("Period must be 10, 20, 30 or a multiple of 60.");
        if ((long)period * periods > (period < 3600 ? Day : Week))
            throw CloudWatchErrors.Validation("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or a week with periods of an hour or more.");

        if (alarm.TreatMissingData is not (null or "missing" or "ignore" or "breaching" or "notBreaching"))
            throw CloudWatchErrors.Validation($"Option {alarm.TreatMissingData} is not supported for treat missing data parameter. Supported options are: breaching, notBreaching, ignore, missing.");
        if (alarm.EvaluateLowSampleCountPercentile is not (null or "evaluate" or "ignore"))
            throw CloudWatchErrors.Validation($"Option {alarm.EvaluateLowSampleCountPercentile} is not supported for evaluate low sample count percentile parameter. Supported options are: evaluate, ignore.");
        CheckActions(alarm.OKActions, alarm.AlarmActions, alarm.InsufficientDataActions);
    }

    /// <summary>Checks the actions of an alarm of either type.</summary>
    /// <exception cref="AwsException">ValidationError.</exception>
    public static void CheckActions(params ReadOnlySpan<List<string>?> actions)
    {
        foreach (var action in actions.ToArray().SelectMany(list => list ?? []))
        {
            if (!action.StartsWith("arn:", StringComparison.Ordinal) || action.Split(':').Length < 6)
                throw CloudWatchErrors.Validation($"Invalid arn syntax: {action}");
        }
    }

    public static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int Plain(PutMetricAlarmRequest alarm)
    {
        if (alarm.MetricName is null || alarm.Namespace is null || alarm.Period is not { } period)
            throw CloudWatchErrors.Validation("MetricName, Namespace and Period must be specified, unless Metrics is.");
        if ((alarm.Statistic is null) == (alarm.ExtendedStatistic is null))
            throw CloudWatchErrors.Validation("Exactly one of Statistic and ExtendedStatistic must be specified.");
        if (alarm.ExtendedStatistic is { } extended && StatisticKind.Parse(extended)?.Percentile is null)
            throw CloudWatchErrors.Validation($"The value {extended} for parameter ExtendedStatistic is not supported.");
        Units.Check(alarm.Unit, "unit");
        return period;
    }

    private static int OfQuery(PutMetricAlarmRequest alarm)
    {
        if (alarm.MetricName is not null || alarm.Namespace is not null || alarm.Statistic is not null || alarm.ExtendedStatistic is not null || alarm.Period is not null || alarm.Dimensions is not null)
            throw CloudWatchErrors.Validation("Metrics can't be specified together with MetricName, Namespace, Statistic, ExtendedStatistic, Period or Dimensions.");
        if (alarm.Metrics is not [var query])
            throw CloudWatchErrors.Unsupported("KmsLab LocalAws serves no metric math: an alarm's Metrics must be a single MetricStat.");

        MetricQueries.Statistic(query);
        return query.MetricStat!.Period!.Value;
    }
}
