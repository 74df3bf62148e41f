using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>PutCompositeAlarm, and what composite alarms demand of the others.</summary>
internal sealed class CompositeOperations(AlarmStore alarms, CompositeEvaluator evaluator)
{
    public NoOutput PutCompositeAlarm(AwsCall call, PutCompositeAlarmRequest request)
    {
        AlarmChecks.CheckActions(request.OKActions, request.AlarmActions, request.InsufficientDataActions);
        CheckChildren(call.Scope, AlarmRule.Parse(request.AlarmRule!));
        CheckSuppressor(call.Scope, request);
        AlarmOperations.RefuseTooMany(alarms, call.Scope, request.AlarmName!);
        AlarmOperations.RefuseOtherType(alarms.Find(call.Scope, request.AlarmName!), composite: true);

        var changed = alarms.Change(call.Scope, request.AlarmName!, current => (Configured(call, request, current), AlarmOperations.Entry(call, request.AlarmName!, current, isComposite: true)));
        call.AnswerAfter(changed!.Value.Committed);
        evaluator.Evaluate(call.Scope, call.Time);
        return NoOutput.Instance;
    }

    /// <summary>Checks that alarms may be deleted: only one composite at once, and none that a composite depends on that stays.</summary>
    /// <exception cref="AwsException">ValidationError.</exception>
    public static void CheckDeletion(IReadOnlyList<AlarmRecord> all, IReadOnlyCollection<string> names)
    {
        var composites = all.Where(alarm => alarm.Composite is not null).ToList();
        if (composites.Count(alarm => names.Contains(alarm.Name)) > 1)
            throw CloudWatchErrors.Validation("You can delete only one composite alarm in an operation.");
        foreach (var composite in composites.Where(alarm => !names.Contains(alarm.Name)))
        {
            if (composite.ChildNames().FirstOrDefault(names.Contains) is { } child)
                throw CloudWatchErrors.Validation($"Cannot delete {child} as there are composite alarm(s) depending on it: {composite.Name}.");
        }
    }

    private static AlarmRecord Configured(AwsCall call, PutCompositeAlarmRequest request, AlarmRecord? current)
    {
        var settings = new AlarmSettings
        {
            AlarmName = request.AlarmName,
            AlarmDescription = request.AlarmDescription,
            ActionsEnabled = request.ActionsEnabled ?? true,
            OKActions = request.OKActions,
            AlarmActions = request.AlarmActions,
            InsufficientDataActions = request.InsufficientDataActions,
        };
        var composite = new CompositeSettings(
            request.AlarmRule!, request.ActionsSuppressor, request.ActionsSuppressorWaitPeriod ?? 0, request.ActionsSuppressorExtensionPeriod ?? 0);
        return current is not null
            ? current with { Settings = settings, Composite = composite, Configured = call.Time, Inputs = null }
            : AlarmOperations.New(call, settings, request.Tags) with { Composite = composite };
    }

    private void CheckChildren(RegionScope scope, AlarmRule rule)
    {
        var missing = rule.Names.Where(name => alarms.Find(scope, AlarmRecord.NameOf(name)) is null).ToList();
        if (missing.Count > 0)
            throw CloudWatchErrors.Validation($"Could not save the composite alarm as alarms [{string.Join(", ", missing)}] in the alarm rule do not exist.");
    }

    private void CheckSuppressor(RegionScope scope, PutCompositeAlarmRequest request)
    {
        if (request.ActionsSuppressor is not { } suppressor)
        {
            if (request.ActionsSuppressorWaitPeriod is not null || request.ActionsSuppressorExtensionPeriod is not null)
                throw CloudWatchErrors.Validation("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod can be specified only together with ActionsSuppressor.");
            return;
        }

        if (request.ActionsSuppressorWaitPeriod is not >= 0 || request.ActionsSuppressorExtensionPeriod is not >= 0)
            throw CloudWatchErrors.Validation("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod must be specified together with ActionsSuppressor, and not be negative.");
        if (alarms.Find(scope, AlarmRecord.NameOf(suppressor)) is null)
            throw CloudWatchErrors.Validation($"Could not save the composite alarm as the suppressor alarm [{suppressor}] does not exist.");
    }
}

/// <summary>The settings that a composite alarm has beside those of all alarms.</summary>
/// <param name="Rule">When it is in alarm.</param>
/// <param name="Suppressor">The alarm, by name or ARN, whose own alarm keeps its actions back.</param>
/// <param name="WaitPeriod">For how many seconds it waits for the suppressor's alarm.</param>
/// <param name="ExtensionPeriod">For how many seconds after the suppressor's alarm its actions are still kept back.</param>
internal sealed record CompositeSettings(string Rule, string? Suppressor, int WaitPeriod, int ExtensionPeriod);
