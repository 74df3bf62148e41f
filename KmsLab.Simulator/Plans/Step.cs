namespace KmsLab.Simulator.Plans;

/// <summary>One call of a plan.</summary>
/// <param name="At">When, in the plan's own time.</param>
/// <param name="Actor">Who.</param>
/// <param name="Act">What.</param>
/// <param name="IsRestore">Whether it puts something right: such steps are made even when a run is cut short.</param>
internal readonly record struct Step(DateTimeOffset At, Actor Actor, Act Act, bool IsRestore = false);
