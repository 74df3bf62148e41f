using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>An alarm as it is kept: its settings and its state. Never changed in place, so that a reader holds one consistent alarm.</summary>
internal sealed record AlarmRecord
{
    public required AlarmSettings Settings { get; init; }

    /// <summary>The part that makes it a composite alarm; null for one that watches a metric.</summary>
    public CompositeSettings? Composite { get; init; }

    /// <summary>The hold that keeps its actions back; null: none.</summary>
    public ActionHold? Hold { get; init; }

    /// <summary>The states by which a composite alarm was last evaluated.</summary>
    public string? Inputs { get; init; }

    public required string Arn { get; init; }
    public required DateTimeOffset Configured { get; init; }
    public required string State { get; init; }
    public required string Reason { get; init; }
    public string? ReasonData { get; init; }

    /// <summary>When the state or its reason was last set.</summary>
    public required DateTimeOffset StateUpdated { get; init; }

    /// <summary>When the state last became another.</summary>
    public required DateTimeOffset StateTransitioned { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    public string Name => Settings.AlarmName!;

    /// <summary>The type as AWS calls it.</summary>
    public string Type => TypeOf(Composite is not null);

    /// <summary>The names of the alarms that a composite alarm depends on, its suppressor among them.</summary>
    public IEnumerable<string> ChildNames() => Composite is null
        ? []
        : AlarmRule.Parse(Composite.Rule).Names.Concat(Composite.Suppressor is { } suppressor ? [suppressor] : []).Select(NameOf).Distinct();

    /// <summary>The ARNs to act on in the present state.</summary>
    public IReadOnlyList<string> Actions => (State switch
    {
        AlarmState.Ok => Settings.OKActions,
        AlarmState.Alarm => Settings.AlarmActions,
        _ => Settings.InsufficientDataActions,
    }) ?? [];

    /// <summary>The metric, period and statistic that the alarm watches, whichever way it was set.</summary>
    public (MetricId Metric, int Period, StatisticKind Statistic, string? Unit) Watched()
    {
        if (Settings.Metrics is [{ MetricStat: { } stat } query])
            return (MetricId.Of(stat.Metric!.Namespace!, stat.Metric.MetricName!, stat.Metric.Dimensions), stat.Period!.Value, MetricQueries.Statistic(query), stat.Unit);

        var statistic = StatisticKind.Parse(Settings.Statistic ?? Settings.ExtendedStatistic!)!;
        return (MetricId.Of(Settings.Namespace!, Settings.MetricName!, Settings.Dimensions), Settings.Period!.Value, statistic, Settings.Unit);
    }

    public MetricAlarm ToShape() => new()
    {
        AlarmName = Settings.AlarmName,
        AlarmArn = Arn,
        AlarmDescription = Settings.AlarmDescription,
        AlarmConfigurationUpdatedTimestamp = Configured,
        ActionsEnabled = Settings.ActionsEnabled,
        OKActions = Settings.OKActions ?? [],
        AlarmActions = Settings.AlarmActions ?? [],
        InsufficientDataActions = Settings.InsufficientDataActions ?? [],
        StateValue = State,
        StateReason = Reason,
        StateReasonData = ReasonData,
        StateUpdatedTimestamp = StateUpdated,
        StateTransitionedTimestamp = StateTransitioned,
        MetricName = Settings.MetricName,
        Namespace = Settings.Namespace,
        Statistic = Settings.Statistic,
        ExtendedStatistic = Settings.ExtendedStatistic,
        Dimensions = Settings.Metrics is null ? Settings.Dimensions ?? [] : null,
        Period = Settings.Period,
        Unit = Settings.Unit,
        EvaluationPeriods = Settings.EvaluationPeriods,
        DatapointsToAlarm = Settings.DatapointsToAlarm,
        Threshold = Settings.Threshold,
        ComparisonOperator = Settings.ComparisonOperator,
        TreatMissingData = Settings.TreatMissingData,
        EvaluateLowSampleCountPercentile = Settings.EvaluateLowSampleCountPercentile,
        Metrics = Settings.Metrics,
    };

    public CompositeAlarm ToCompositeShape() => new()
    {
        AlarmName = Name,
        AlarmArn = Arn,
        AlarmDescription = Settings.AlarmDescription,
        AlarmConfigurationUpdatedTimestamp = Configured,
        ActionsEnabled = Settings.ActionsEnabled,
        OKActions = Settings.OKActions ?? [],
        AlarmActions = Settings.AlarmActions ?? [],
        InsufficientDataActions = Settings.InsufficientDataActions ?? [],
        AlarmRule = Composite!.Rule,
        StateValue = State,
        StateReason = Reason,
        StateReasonData = ReasonData,
        StateUpdatedTimestamp = StateUpdated,
        StateTransitionedTimestamp = StateTransitioned,
        ActionsSuppressedBy = Hold is { By: not ActionHold.MuteRule } ? Hold.By : null,
        ActionsSuppressedReason = Hold is { By: not ActionHold.MuteRule } ? Hold.Reason(Composite.Suppressor) : null,
        ActionsSuppressor = Composite.Suppressor,
        ActionsSuppressorWaitPeriod = Composite.Suppressor is null ? null : Composite.WaitPeriod,
        ActionsSuppressorExtensionPeriod = Composite.Suppressor is null ? null : Composite.ExtensionPeriod,
    };

    public static string TypeOf(bool isComposite) => isComposite ? "CompositeAlarm" : "MetricAlarm";

    /// <summary>An alarm's name where it may be named by its ARN, too.</summary>
    public static string NameOf(string nameOrArn) => nameOrArn.Split(':', 7) is ["arn", _, "cloudwatch", _, _, "alarm", var name] ? name : nameOrArn;

    public static string ArnOf(RegionScope scope, string name) => scope.Arn("cloudwatch", $"alarm:{name}");
}
