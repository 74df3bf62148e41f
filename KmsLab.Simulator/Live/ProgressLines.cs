namespace KmsLab.Simulator;

/// <summary>Prints how far a run is: each phase and each note, and between them a line now and then.</summary>
/// <param name="output">Where to.</param>
/// <param name="time">The clock.</param>
public sealed class ProgressLines(TextWriter output, TimeProvider time) : IProgress<ScenarioProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private long? _last;
    private string? _phase;

    /// <inheritdoc/>
    public void Report(ScenarioProgress value)
    {
        if (value.Note is null && value.Phase == _phase && _last is { } last && time.GetElapsedTime(last) < Interval)
            return;

        (_last, _phase) = (time.GetTimestamp(), value.Phase);
        output.WriteLine($"{value.Scenario}: {value.Phase}, {value.Done} of {value.Total} calls{(value.Note is { } note ? $". {note}" : "")}");
    }
}
