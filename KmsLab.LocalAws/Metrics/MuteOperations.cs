using System.Globalization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The operations on alarm mute rules.</summary>
internal sealed class MuteOperations(MuteRules rules, AlarmStore alarms, AlarmTransitions transitions)
{
    public NoOutput PutAlarmMuteRule(AwsCall call, PutAlarmMuteRuleRequest request)
    {
        MuteSchedule.Parse(request.Rule!.Schedule!);
        if (request.StartDate >= request.ExpireDate)
            throw CloudWatchErrors.Validation("StartDate must be before ExpireDate.");
        if (request.MuteTargets?.AlarmNames?.Find(name => alarms.Find(call.Scope, name) is null) is { } missing)
            throw CloudWatchErrors.Validation($"The alarm {missing} does not exist.");

        call.AnswerAfter(rules.Change(call.Scope, request.Name!, current => new()
        {
            Name = request.Name!,
            Arn = call.Scope.Arn("cloudwatch", $"alarm-mute-rule:{request.Name}"),
            Description = request.Description,
            Rule = request.Rule,
            MuteTargets = request.MuteTargets,
            StartDate = request.StartDate,
            ExpireDate = request.ExpireDate,
            Updated = call.Time,
            Tags = current?.Tags ?? (request.Tags ?? []).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key!, tag => tag.Value!),
        }));
        transitions.Release(call.Time);
        return NoOutput.Instance;
    }

    public GetAlarmMuteRuleResponse GetAlarmMuteRule(AwsCall call, AlarmMuteRuleNameRequest request)
    {
        var rule = rules.List(call.Scope).Find(rule => rule.Name == request.AlarmMuteRuleName)
            ?? throw new AwsException("ResourceNotFoundException", $"The alarm mute rule {request.AlarmMuteRuleName} does not exist.", StatusCodes.Status404NotFound);
        return new()
        {
            Name = rule.Name,
            AlarmMuteRuleArn = rule.Arn,
            Description = rule.Description,
            Rule = rule.Rule,
            MuteTargets = rule.MuteTargets,
            StartDate = rule.StartDate,
            ExpireDate = rule.ExpireDate,
            Status = rule.StatusAt(call.Time),
            LastUpdatedTimestamp = rule.Updated,
            MuteType = rule.MuteType,
        };
    }

    public ListAlarmMuteRulesResponse ListAlarmMuteRules(AwsCall call, ListAlarmMuteRulesRequest request)
    {
        if (request.AlarmName is { } name && alarms.Find(call.Scope, name) is null)
            throw new AwsException("ResourceNotFoundException", $"The alarm {name} does not exist.", StatusCodes.Status404NotFound);
        var (offset, count) = (AlarmOperations.Offset(request.NextToken), request.MaxRecords ?? 50);
        var found = rules.List(call.Scope).FindAll(rule =>
            (request.AlarmName is null || rule.Targets(request.AlarmName))
            && (request.Statuses is not { Count: > 0 } statuses || statuses.Contains(rule.StatusAt(call.Time))));
        return new()
        {
            AlarmMuteRuleSummaries = [.. found.Skip(offset).Take(count).Select(rule => new AlarmMuteRuleSummary
            {
                AlarmMuteRuleArn = rule.Arn,
                ExpireDate = rule.ExpireDate,
                Status = rule.StatusAt(call.Time),
                MuteType = rule.MuteType,
                LastUpdatedTimestamp = rule.Updated,
            })],
            NextToken = found.Count > offset + count ? (offset + count).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    public NoOutput DeleteAlarmMuteRule(AwsCall call, AlarmMuteRuleNameRequest request)
    {
        call.AnswerAfter(rules.Remove(call.Scope, request.AlarmMuteRuleName!));
        // What it kept back is done now.
        transitions.Release(call.Time);
        return NoOutput.Instance;
    }
}
