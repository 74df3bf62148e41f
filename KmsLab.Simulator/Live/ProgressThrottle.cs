namespace KmsLab.Simulator.Live;

/// <summary>Picks the reports of a run that are worth a line: each phase and each note, and between them one in an interval.</summary>
/// <param name="interval">The least time between two lines of the same phase.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressThrottle(TimeSpan interval, TimeProvider time)
{
    private long? _last;
    private string? _phase;

    /// <summary>Tells whether a report is worth a line. When it is, the interval begins anew.</summary>
    public bool Passes(ScenarioProgress report)
    {
        if (report.Note is null && report.Phase == _phase && _last is { } last && time.GetElapsedTime(last) < interval)
            return false;

        (_last, _phase) = (time.GetTimestamp(), report.Phase);
        return true;
    }
}
