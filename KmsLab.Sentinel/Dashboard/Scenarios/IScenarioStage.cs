namespace KmsLab.Sentinel.Dashboard.Scenarios;

/// <summary>
/// Where scenarios of traffic and attacks can be played: the lab's. Sentinel knows none itself; whoever hosts it in a lab registers one, and then the page
/// offers its scenarios.
/// </summary>
public interface IScenarioStage
{
    /// <summary>What can be played.</summary>
    IReadOnlyList<StageScenario> Scenarios { get; }

    /// <summary>What was played since the start, the latest first; the one that is running has no end yet.</summary>
    IReadOnlyList<StageRun> Runs { get; }

    /// <summary>Begins a scenario, and returns at once.</summary>
    /// <returns>Null, or why it can't begin, in words for the page.</returns>
    string? Start(string scenario);

    /// <summary>Stops the scenario that is running; what it changed is put right first.</summary>
    void Stop();
}

/// <summary>A scenario.</summary>
/// <param name="Id">Such as <c>burst-exfiltration</c>.</param>
/// <param name="Title">One line.</param>
/// <param name="About">What it does, and as whom.</param>
/// <param name="IsAttack">Whether something should be found.</param>
/// <param name="Expected">Ids of the detections that should find it.</param>
public sealed record StageScenario(string Id, string Title, string About, bool IsAttack, IReadOnlyList<string> Expected);

/// <summary>A scenario that was, or is being, played.</summary>
/// <param name="Scenario">Its id.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it is running.</param>
/// <param name="Phase">What it is doing, or did last, in words.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Problem">Why it failed, or what it could not put right; null otherwise.</param>
/// <param name="Note">What else is worth knowing of it; null: nothing.</param>
public sealed record StageRun(string Scenario, DateTimeOffset From, DateTimeOffset? To, string Phase, int Done, int Total, string? Problem, string? Note);
