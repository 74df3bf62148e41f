using KmsLab.Simulator.Live;

namespace KmsLab.Simulator;

/// <summary>Prints how far a run is: each phase and each note, and between them a line now and then.</summary>
/// <param name="output">Where to.</param>
/// <param name="time">The clock.</param>
public sealed class ProgressLines(TextWriter output, TimeProvider time) : IProgress<ScenarioProgress>
{
    private readonly ProgressThrottle _throttle = new(TimeSpan.FromSeconds(2), time);

    /// <inheritdoc/>
    public void Report(ScenarioProgress value)
    {
        if (!_throttle.Passes(value))
            return;

        var note = value.Note is null ? "" : $". {value.Note}";
        output.WriteLine($"{value.Scenario}: {value.Phase}, {value.Done} of {value.Total} calls{note}");
    }
}
