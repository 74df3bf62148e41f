using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>Names verdicts and states for people.</summary>
internal static class Words
{
    public static string Of(Verdict verdict) => verdict switch { Verdict.True => "a true finding", Verdict.Expected => "expected", _ => "false" };

    public static string Button(Verdict verdict) => verdict switch { Verdict.True => "True", Verdict.Expected => "Expected", _ => "False" };

    public static string About(Verdict verdict) => verdict switch
    {
        Verdict.True => "An attack, or a mistake that somebody had to know of.",
        Verdict.Expected => "It happened as told, and was meant to: a test, a planned change.",
        _ => "It should not have been told: you get the configuration that would have kept it quiet.",
    };

    /// <summary>The state of an alarm: firing, ended, or not known.</summary>
    public static string StateOf(AlarmAnswer alarm) => alarm switch
    {
        { Ended: true, Attention: Attention.Needed } => "ended, not looked at",
        { Ended: true } => "ended",
        { State: AlarmState.InsufficientData } => "insufficient data",
        _ => "firing",
    };
}
