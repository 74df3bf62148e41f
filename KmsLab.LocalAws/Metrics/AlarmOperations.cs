using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The operations on alarms.</summary>
internal sealed class AlarmOperations(AlarmStore alarms, AlarmTransitions transitions, CompositeEvaluator composites, MuteRules mutes)
{
    private const int MaxAlarms = 5000;

    public NoOutput PutMetricAlarm(AwsCall call, PutMetricAlarmRequest request)
    {
        AlarmChecks.Check(request);
        request.Metrics?.ForEach(query => MetricQueries.RefuseOtherAccount(call, query));
        RefuseTooMany(alarms, call.Scope, request.AlarmName!);
        RefuseOtherType(alarms.Find(call.Scope, request.AlarmName!), composite: false);

        var changed = alarms.Change(call.Scope, request.AlarmName!, current =>
        {
            var alarm = Configured(call, request, current);
            return (alarm, Entry(call, alarm.Name, current, isComposite: false));
        });
        call.AnswerAfter(changed!.Value.Committed);
        return NoOutput.Instance;
    }

    public DescribeAlarmsResponse DescribeAlarms(AwsCall call, DescribeAlarmsRequest request)
    {
        if (request.AlarmNames is not null && request.AlarmNamePrefix is not null)
            throw CloudWatchErrors.Validation("You can't specify both AlarmNames and AlarmNamePrefix.");
        if (request.ChildrenOfAlarmName is not null || request.ParentsOfAlarmName is not null)
            return Relatives(call, request);

        var offset = Offset(request.NextToken);
        var count = request.MaxRecords ?? (request.AlarmNames is null ? 50 : 100);
        var types = request.AlarmTypes is { Count: > 0 } asked ? asked : [AlarmRecord.TypeOf(isComposite: false)];
        var found = alarms.List(call.Scope).FindAll(alarm =>
            types.Contains(alarm.Type)
            && (request.AlarmNames is null || request.AlarmNames.Contains(alarm.Name))
            && (request.AlarmNamePrefix is null || alarm.Name.StartsWith(request.AlarmNamePrefix, StringComparison.Ordinal))
            && (request.StateValue is null || alarm.State == request.StateValue)
            && (request.ActionPrefix is null || AllActions(alarm).Any(action => action.StartsWith(request.ActionPrefix, StringComparison.Ordinal))));
        return Described(found, offset, count);
    }

    private static DescribeAlarmsResponse Described(List<AlarmRecord> found, int offset, int count)
    {
        var page = found.Skip(offset).Take(count).ToList();
        return new()
        {
            CompositeAlarms = [.. page.Where(alarm => alarm.Composite is not null).Select(alarm => alarm.ToCompositeShape())],
            MetricAlarms = [.. page.Where(alarm => alarm.Composite is null).Select(alarm => alarm.ToShape())],
            NextToken = found.Count > offset + count ? (offset + count).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    /// <summary>The alarms that a composite one asks about, or the composite ones that ask about one: with their states alone, as AWS answers.</summary>
    private DescribeAlarmsResponse Relatives(AwsCall call, DescribeAlarmsRequest request)
    {
        if ((request.ChildrenOfAlarmName is not null && request.ParentsOfAlarmName is not null)
            || request.AlarmNames is not null || request.AlarmNamePrefix is not null || request.AlarmTypes is not null || request.StateValue is not null || request.ActionPrefix is not null)
            throw CloudWatchErrors.Validation("ChildrenOfAlarmName and ParentsOfAlarmName can be specified only with MaxRecords and NextToken.");
        var all = alarms.List(call.Scope);
        var name = (request.ChildrenOfAlarmName ?? request.ParentsOfAlarmName)!;
        var children = all.Find(alarm => alarm.Name == request.ChildrenOfAlarmName)?.ChildNames().ToHashSet() ?? [];
        var found = all.FindAll(alarm => request.ChildrenOfAlarmName is not null ? children.Contains(alarm.Name) : alarm.ChildNames().Contains(name));
        var answer = Described(found, Offset(request.NextToken), request.MaxRecords ?? 50);
        return new()
        {
            CompositeAlarms = answer.CompositeAlarms!.ConvertAll(alarm => request.ChildrenOfAlarmName is null
                ? new CompositeAlarm { AlarmName = alarm.AlarmName, AlarmArn = alarm.AlarmArn }
                : new() { AlarmName = alarm.AlarmName, AlarmArn = alarm.AlarmArn, StateValue = alarm.StateValue, StateUpdatedTimestamp = alarm.StateUpdatedTimestamp }),
            MetricAlarms = answer.MetricAlarms!.ConvertAll(alarm => new MetricAlarm
            {
                AlarmName = alarm.AlarmName,
                AlarmArn = alarm.AlarmArn,
                StateValue = alarm.StateValue,
                StateUpdatedTimestamp = alarm.StateUpdatedTimestamp,
            }),
            NextToken = answer.NextToken,
        };
    }

    public DescribeAlarmsForMetricResponse DescribeAlarmsForMetric(AwsCall call, DescribeAlarmsForMetricRequest request)
    {
        var metric = MetricId.Of(request.Namespace!, request.MetricName!, request.Dimensions);
        return new()
        {
            MetricAlarms = [.. alarms.List(call.Scope).Where(alarm => alarm.Composite is null && alarm.Watched() is var watched
                && watched.Metric.Equals(metric)
                && (request.Period is null || watched.Period == request.Period)
                && (request.Unit is null || watched.Unit == request.Unit)
                && ((request.Statistic ?? request.ExtendedStatistic) is null || watched.Statistic.Name == (request.Statistic ?? request.ExtendedStatistic)))
                .Select(alarm => alarm.ToShape())],
        };
    }

    public DescribeAlarmHistoryResponse DescribeAlarmHistory(AwsCall call, DescribeAlarmHistoryRequest request)
    {
        var offset = Offset(request.NextToken);
        var count = request.MaxRecords ?? 50;
        var found = alarms.History(call.Scope, request, offset, count + 1);
        return new()
        {
            AlarmHistoryItems = found.Count > count ? found[..count] : found,
            NextToken = found.Count > count ? (offset + count).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    public NoOutput SetAlarmState(AwsCall call, SetAlarmStateRequest request)
    {
        if (request.StateReasonData is { } data && !AlarmChecks.IsJson(data))
            throw new AwsException("InvalidFormatFault", "StateReasonData is not valid JSON.") { QueryCode = "InvalidFormat" };
        if (!transitions.Set(call.Scope, request.AlarmName!, null, new(request.StateValue!, request.StateReason!, request.StateReasonData), call.Time, out var committed))
            throw CloudWatchErrors.AlarmNotFound();
        call.AnswerAfter(committed);
        composites.Evaluate(call.Scope, call.Time);
        transitions.Release(call.Time);
        return NoOutput.Instance;
    }

    public NoOutput EnableAlarmActions(AwsCall call, AlarmNamesRequest request) => SwitchActions(call, request, true);

    public NoOutput DisableAlarmActions(AwsCall call, AlarmNamesRequest request) => SwitchActions(call, request, false);

    public NoOutput DeleteAlarms(AwsCall call, AlarmNamesRequest request)
    {
        if (request.AlarmNames!.Exists(name => alarms.Find(call.Scope, name) is null))
            throw CloudWatchErrors.AlarmNotFound();
        var all = alarms.List(call.Scope);
        CompositeOperations.CheckDeletion(all, request.AlarmNames);
        call.AnswerAfter(alarms.Remove(call.Scope, [.. all.Where(alarm => request.AlarmNames.Contains(alarm.Name))
            .Select(alarm => Entry(call, alarm.Name, $"Alarm \"{alarm.Name}\" deleted", "Delete", alarm.Type))]));
        return NoOutput.Instance;
    }

    public NoMembers TagResource(AwsCall call, TagResourceRequest request) => Retag(call, request.ResourceARN!, tags =>
    {
        foreach (var tag in request.Tags!)
            tags[tag.Key!] = tag.Value!;
        if (tags.Count > 50)
            throw CloudWatchErrors.InvalidValue("The resource can't have more than 50 tags.");
    });

    public NoMembers UntagResource(AwsCall call, UntagResourceRequest request) => Retag(call, request.ResourceARN!, tags =>
    {
        foreach (var key in request.TagKeys!)
            tags.Remove(key);
    });

    public ListTagsForResourceResponse ListTagsForResource(AwsCall call, ListTagsForResourceRequest request)
    {
        if (request.ResourceARN!.Split(':').Length < 6)
            throw CloudWatchErrors.InvalidValue($"Invalid ARN: {request.ResourceARN}");
        // An alarm that is not there has no tags: that is no error, as in AWS.
        var tags = alarms.List(call.Scope).Find(alarm => alarm.Arn == request.ResourceARN)?.Tags ?? mutes.List(call.Scope).Find(rule => rule.Arn == request.ResourceARN)?.Tags;
        return new() { Tags = [.. (tags ?? []).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    private NoMembers Retag(AwsCall call, string arn, Action<Dictionary<string, string>> change)
    {
        if (mutes.List(call.Scope).Find(rule => rule.Arn == arn) is { } rule)
        {
            var tags = new Dictionary<string, string>(rule.Tags);
            change(tags);
            call.AnswerAfter(mutes.Change(call.Scope, rule.Name, current => (current ?? rule) with { Tags = tags }));
            return NoMembers.Instance;
        }

        var changed = alarms.Change(call.Scope, Find(call, arn).Name, current =>
        {
            if (current is null)
                return null;
            var tags = new Dictionary<string, string>(current.Tags);
            change(tags);
            return (current with { Tags = tags }, null);
        });
        call.AnswerAfter(changed?.Committed ?? Task.CompletedTask);
        return NoMembers.Instance;
    }

    private AlarmRecord Find(AwsCall call, string arn) => alarms.List(call.Scope).Find(alarm => alarm.Arn == arn)
        ?? throw new AwsException("ResourceNotFoundException", $"The resource {arn} does not exist.", StatusCodes.Status404NotFound);

    private NoOutput SwitchActions(AwsCall call, AlarmNamesRequest request, bool enabled)
    {
        // Names that are no alarm's are passed over, as AWS does.
        foreach (var name in request.AlarmNames!)
        {
            if (alarms.Change(call.Scope, name, current =>
                {
                    if (current is null)
                        return null;
                    var settings = current.ToShape();
                    settings.ActionsEnabled = enabled;
                    return (current with { Settings = settings, Configured = call.Time }, Entry(call, name, current, current.Composite is not null));
                }) is { } changed)
                call.AnswerAfter(changed.Committed);
        }

        return NoOutput.Instance;
    }

    private static AlarmRecord Configured(AwsCall call, PutMetricAlarmRequest request, AlarmRecord? current)
    {
        request.ActionsEnabled ??= true;
        return current is not null
            ? current with { Settings = request, Configured = call.Time }
            : New(call, request, request.Tags);
    }

    /// <summary>An alarm that was not there before.</summary>
    public static AlarmRecord New(AwsCall call, AlarmSettings settings, List<Tag>? tags) => new()
    {
        Settings = settings,
        Arn = AlarmRecord.ArnOf(call.Scope, settings.AlarmName!),
        Configured = call.Time,
        State = AlarmState.InsufficientData,
        Reason = "Unchecked: Initial alarm creation",
        StateUpdated = call.Time,
        StateTransitioned = call.Time,
        Tags = (tags ?? []).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key!, tag => tag.Value!),
    };

    /// <summary>Refuses a new alarm beyond AWS's limit.</summary>
    /// <exception cref="AwsException">LimitExceeded.</exception>
    public static void RefuseTooMany(AlarmStore alarms, RegionScope scope, string name)
    {
        if (alarms.Find(scope, name) is null && alarms.List(scope).Count >= MaxAlarms)
            throw new AwsException("LimitExceededFault", "The maximum limit for alarms has been exceeded.") { QueryCode = "LimitExceeded" };
    }

    /// <summary>Refuses to make an alarm of one type one of the other.</summary>
    /// <exception cref="AwsException">ValidationError.</exception>
    public static void RefuseOtherType(AlarmRecord? current, bool composite)
    {
        if (current is not null && current.Composite is not null != composite)
            throw CloudWatchErrors.Validation($"The alarm {current.Name} exists as a {current.Type}.");
    }

    /// <summary>The entry in the history of an alarm that is made or changed.</summary>
    public static AlarmHistoryItem Entry(AwsCall call, string name, AlarmRecord? current, bool isComposite) => Entry(
        call, name, current is null ? $"Alarm \"{name}\" created" : $"Alarm \"{name}\" updated", current is null ? "Create" : "Update", AlarmRecord.TypeOf(isComposite));

    private static IEnumerable<string> AllActions(AlarmRecord alarm) =>
        [.. alarm.Settings.OKActions ?? [], .. alarm.Settings.AlarmActions ?? [], .. alarm.Settings.InsufficientDataActions ?? []];

    private static AlarmHistoryItem Entry(AwsCall call, string name, string summary, string type, string alarmType) => new()
    {
        AlarmName = name,
        AlarmType = alarmType,
        Timestamp = call.Time,
        HistoryItemType = "ConfigurationUpdate",
        HistorySummary = summary,
        HistoryData = new JsonObject { ["version"] = "1.0", ["type"] = type }.ToJsonString(),
    };

    public static int Offset(string? token) => token is null ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 1_000_000_000 ? offset
        : throw CloudWatchErrors.InvalidToken();
}
