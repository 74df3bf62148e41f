using KmsLab.Simulator.Live;

namespace KmsLab.Simulator.Runs;

/// <summary>Tells a run's progress in the log: each phase and each note, and between them a line now and then.</summary>
internal sealed partial class ProgressLog(ILogger logger, TimeProvider time) : IProgress<ScenarioProgress>
{
    private readonly ProgressThrottle _throttle = new(TimeSpan.FromSeconds(5), time);

    public void Report(ScenarioProgress value)
    {
        if (!_throttle.Passes(value))
            return;

        Log.Progress(logger, value.Scenario, value.Phase, value.Done, value.Total);
        if (value.Note is { } note)
            Log.Note(logger, value.Scenario, note);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Scenario}: {Phase}, {Done} of {Total} calls.")]
        public static partial void Progress(ILogger logger, string scenario, string phase, int done, int total);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Scenario}: {Note}")]
        public static partial void Note(ILogger logger, string scenario, string note);
    }
}
