using System.Diagnostics;

namespace KmsLab.ServiceDefaults.Tracing;

/// <summary>Spans of what a service does of its own accord, beside any request: one for each round of a loop.</summary>
/// <remarks>
/// A round begins a trace, and <see cref="RequestSampler"/> drops it unless background traces are asked for. Calls and statements in it
/// have the round as their parent, and are dropped with it; so is what a called service does, which gets its traceparent.
/// </remarks>
public static class BackgroundActivity
{
    /// <summary>The rounds' activity source.</summary>
    public const string SourceName = Telemetry.Prefix + "Background";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts a round; dispose of it at the round's end. Null when nobody traces.</summary>
    /// <param name="name">What it is for, such as <c>sentinel round</c>.</param>
    public static Activity? Start(string name)
    {
        Activity.Current = null; // A request that happened to start the loop is no parent of its rounds.
        return Source.StartActivity(name);
    }
}
