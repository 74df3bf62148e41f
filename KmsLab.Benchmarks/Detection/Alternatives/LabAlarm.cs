namespace KmsLab.Benchmarks.Detection;

/// <summary>The original lab's alarm on its metric filter: failed KMS calls of the application's role, Sum &gt; 1 in one period of 10 s, missing data <c>ignore</c>.</summary>
/// <remarks>
/// <para>
/// The metric has no default value, so a period without an error has no data, and 'ignore' keeps the state. Once in ALARM it stays there until a period
/// holds exactly one error; in a lab in which only attackers err that never comes, and the second attack is silent. Actions follow changes of state alone.
/// </para>
/// <para>
/// It is granted the time of the second error, as if CloudWatch looked each second; in an account the metric is counted each minute.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
/// </para>
/// </remarks>
internal static class LabAlarm
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private const int MostErrors = 1;

    /// <summary>When it goes to ALARM, and when it would have but for being there.</summary>
    public static (IReadOnlyList<DateTimeOffset> Fired, IReadOnlyList<DateTimeOffset> Silent) Of(IEnumerable<DateTimeOffset> errors)
    {
        var (fired, silent, isOn) = (new List<DateTimeOffset>(), new List<DateTimeOffset>(), false);
        foreach (var period in PeriodSums.Of(errors, Period))
        {
            var breaches = period.Records.Count > MostErrors;
            if (breaches)
                (isOn ? silent : fired).Add(period.Records[MostErrors]);
            isOn = breaches;
        }

        return (fired, silent);
    }
}
