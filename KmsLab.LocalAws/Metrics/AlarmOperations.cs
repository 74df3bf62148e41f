using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The operations on alarms.</summary>
internal sealed class AlarmOperations(AlarmStore alarms, AlarmTransitions transitions)
{
    private const int MaxAlarms = 5000;

    public NoOutput PutMetricAlarm(AwsCall call, PutMetricAlarmRequest request)
    {
        AlarmChecks.Check(request);
        request.Metrics?.ForEach(query => MetricQueries.RefuseOtherAccount(call, query));
        if (alarms.Find(call.Scope, request.AlarmName!) is null && alarms.List(call.Scope).Count >= MaxAlarms)
            throw new AwsException("LimitExceededFault", "The maximum limit for alarms has been exceeded.") { QueryCode = "LimitExceeded" };

        var changed = alarms.Change(call.Scope, request.AlarmName!, current =>
        {
            var alarm = Configured(call, request, current);
            return (alarm, Entry(call, alarm.Name, current is null ? $"Alarm \"{alarm.Name}\" created" : $"Alarm \"{alarm.Name}\" updated", current is null ? "Create" : "Update"));
        });
        call.AnswerAfter(changed!.Value.Committed);
        return NoOutput.Instance;
    }

    public DescribeAlarmsResponse DescribeAlarms(AwsCall call, DescribeAlarmsRequest request)
    {
        if (request.AlarmNames is not null && request.AlarmNamePrefix is not null)
            throw CloudWatchErrors.Validation("You can't specify both AlarmNames and AlarmNamePrefix.");
        if (request.AlarmTypes is ["CompositeAlarm"] || request.ChildrenOfAlarmName is not null || request.ParentsOfAlarmName is not null)
            return new() { CompositeAlarms = [], MetricAlarms = [] };

        var offset = Offset(request.NextToken);
        var count = request.MaxRecords ?? (request.AlarmNames is null ? 50 : 100);
        var found = alarms.List(call.Scope).FindAll(alarm =>
            (request.AlarmNames is null || request.AlarmNames.Contains(alarm.Name))
            && (request.AlarmNamePrefix is null || alarm.Name.StartsWith(request.AlarmNamePrefix, StringComparison.Ordinal))
            && (request.StateValue is null || alarm.State == request.StateValue)
            && (request.ActionPrefix is null || AllActions(alarm).Any(action => action.StartsWith(request.ActionPrefix, StringComparison.Ordinal))));
        return new()
        {
            CompositeAlarms = [],
            MetricAlarms = [.. found.Skip(offset).Take(count).Select(alarm => alarm.ToShape())],
            NextToken = found.Count > offset + count ? (offset + count).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    public DescribeAlarmsForMetricResponse DescribeAlarmsForMetric(AwsCall call, DescribeAlarmsForMetricRequest request)
    {
        var metric = MetricId.Of(request.Namespace!, request.MetricName!, request.Dimensions);
        return new()
        {
            MetricAlarms = [.. alarms.List(call.Scope).Where(alarm => alarm.Watched() is var watched
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
        if (request.AlarmTypes is { Count: > 0 } types && !types.Contains("MetricAlarm"))
            return new() { AlarmHistoryItems = [] };
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
        return NoOutput.Instance;
    }

    public NoOutput EnableAlarmActions(AwsCall call, AlarmNamesRequest request) => SwitchActions(call, request, true);

    public NoOutput DisableAlarmActions(AwsCall call, AlarmNamesRequest request) => SwitchActions(call, request, false);

    public NoOutput DeleteAlarms(AwsCall call, AlarmNamesRequest request)
    {
        if (request.AlarmNames!.Exists(name => alarms.Find(call.Scope, name) is null))
            throw CloudWatchErrors.AlarmNotFound();
        call.AnswerAfter(alarms.Remove(call.Scope, [.. request.AlarmNames.Distinct().Select(name => Entry(call, name, $"Alarm \"{name}\" deleted", "Delete"))]));
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
        var alarm = alarms.List(call.Scope).Find(alarm => alarm.Arn == request.ResourceARN);
        return new() { Tags = [.. (alarm?.Tags ?? []).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    private NoMembers Retag(AwsCall call, string arn, Action<Dictionary<string, string>> change)
    {
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
                    return (current with { Settings = settings, Configured = call.Time }, Entry(call, name, $"Alarm \"{name}\" updated", "Update"));
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
            : new()
            {
                Settings = request,
                Arn = AlarmRecord.ArnOf(call.Scope, request.AlarmName!),
                Configured = call.Time,
                State = AlarmState.InsufficientData,
                Reason = "Unchecked: Initial alarm creation",
                StateUpdated = call.Time,
                StateTransitioned = call.Time,
                Tags = (request.Tags ?? []).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key!, tag => tag.Value!),
            };
    }

    private static IEnumerable<string> AllActions(AlarmRecord alarm) =>
        [.. alarm.Settings.OKActions ?? [], .. alarm.Settings.AlarmActions ?? [], .. alarm.Settings.InsufficientDataActions ?? []];

    private static AlarmHistoryItem Entry(AwsCall call, string name, string summary, string type) => new()
    {
        AlarmName = name,
        Timestamp = call.Time,
        HistoryItemType = "ConfigurationUpdate",
        HistorySummary = summary,
        HistoryData = new JsonObject { ["version"] = "1.0", ["type"] = type }.ToJsonString(),
    };

    private static int Offset(string? token) => token is null ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= 1_000_000_000 ? offset
        : throw CloudWatchErrors.InvalidToken();
}
