namespace KmsLab.AppHost.Scenarios;

/// <summary>A run, as the simulator answers it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="Seed">The scenario's seed.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Phase">What it is doing, or did last.</param>
/// <param name="Done">Calls made.</param>
/// <param name="Total">Calls planned.</param>
/// <param name="Problem">Why it failed, or what it could not put right; null otherwise.</param>
/// <param name="Note">What else is worth knowing; null: nothing.</param>
/// <param name="Verdict">What came of it; null before its end.</param>
internal sealed record SimulatorRun(
    string Id, string Scenario, int Seed, string State, string Phase, int Done, int Total, string? Problem, string? Note, Verdict? Verdict);

/// <summary>Tells of a run's attack which detections found it, and which did not.</summary>
/// <param name="IsGood">Nothing was missed, nothing was raised wrongly.</param>
/// <param name="Summary">One line.</param>
/// <param name="Findings">The detections that should find it.</param>
/// <param name="Besides">Alarms of other detections while it went on.</param>
/// <param name="Before">Alarms of the normal traffic before it.</param>
/// <param name="NormalProblem">Why there was no normal traffic to its end; null: there was.</param>
internal sealed record Verdict(
    bool IsGood,
    string Summary,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<RaisedAlarm> Besides,
    IReadOnlyList<RaisedAlarm> Before,
    string? NormalProblem);

/// <summary>A detection that should find an attack.</summary>
/// <param name="Detection">Its id.</param>
/// <param name="Found">Whether it did.</param>
/// <param name="AfterSeconds">Seconds from the attack's first call to the alarm; null when it was missed, or fired already.</param>
/// <param name="Why">The alarm's reason.</param>
internal sealed record Finding(string Detection, bool Found, double? AfterSeconds, string? Why);

/// <summary>An alarm.</summary>
/// <param name="Detection">The detection's id.</param>
/// <param name="Severity">How bad.</param>
/// <param name="ChangedAt">When it fired.</param>
/// <param name="Why">Its reason.</param>
internal sealed record RaisedAlarm(string Detection, string Severity, DateTimeOffset ChangedAt, string? Why);
