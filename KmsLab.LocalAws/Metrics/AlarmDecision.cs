namespace KmsLab.LocalAws.Metrics;

/// <summary>The state that an alarm's data call for.</summary>
/// <remarks>
/// AWS looks at somewhat more periods than the alarm has (the evaluation range):
/// <list type="bullet">
/// <item>If at least N of them have data, the newest N that do decide, whatever is missing between them: M breaching ones are an alarm.</item>
/// <item>If fewer have data, the missing ones are filled up to N as <c>TreatMissingData</c> says: as breaching, as not breaching, or not at all.</item>
/// <item>With <c>missing</c>, what there is decides: all breaching is an alarm if the oldest of them is at least M periods old (not before: more may be on the way).
/// No data at all is INSUFFICIENT_DATA.</item>
/// <item>With <c>ignore</c>, data that do not suffice leave the state as it is.</item>
/// </list>
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
/// </remarks>
internal static class AlarmDecision
{
    /// <param name="range">Each period of the evaluation range, oldest first: breaching, not breaching, or null without data.</param>
    /// <param name="evaluationPeriods">N.</param>
    /// <param name="datapointsToAlarm">M.</param>
    /// <param name="treatMissingData">As the alarm has it.</param>
    /// <returns>The state; null leaves it as it is.</returns>
    public static string? Decide(IReadOnlyList<bool?> range, int evaluationPeriods, int datapointsToAlarm, string treatMissingData)
    {
        List<bool> real = [.. range.Where(point => point is not null).Select(point => point!.Value)];
        if (real.Count >= evaluationPeriods)
            return State(real.TakeLast(evaluationPeriods).Count(breaching => breaching) >= datapointsToAlarm);

        var breaching = real.Count(point => point);
        var filled = evaluationPeriods - real.Count;
        return treatMissingData switch
        {
            "breaching" => State(breaching + filled >= datapointsToAlarm),
            "notBreaching" => State(breaching >= datapointsToAlarm),
            _ when breaching >= datapointsToAlarm => AlarmState.Alarm,
            "ignore" => breaching < real.Count ? AlarmState.Ok : null,
            _ when real.Count == 0 => AlarmState.InsufficientData,
            _ when breaching < real.Count => AlarmState.Ok,
            _ => OldestBreaching(range) >= datapointsToAlarm ? AlarmState.Alarm : null,
        };
    }

    /// <summary>How many periods ago the oldest breaching point began; 1 is the newest period.</summary>
    private static int OldestBreaching(IReadOnlyList<bool?> range)
    {
        for (var i = 0; i < range.Count; i++)
        {
            if (range[i] == true)
                return range.Count - i;
        }

        return 0;
    }

    private static string State(bool alarm) => alarm ? AlarmState.Alarm : AlarmState.Ok;
}

/// <summary>An alarm's states.</summary>
internal static class AlarmState
{
    public const string Ok = "OK";
    public const string Alarm = "ALARM";
    public const string InsufficientData = "INSUFFICIENT_DATA";
}
