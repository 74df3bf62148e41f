namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>One thing that a look found.</summary>
/// <param name="Resource">ARN of a trail or key, or a log group as <c>log-group:name</c>.</param>
/// <param name="Aspect">What about it, of <see cref="GuardAspect"/>; or an IAM action that Sentinel called on it.</param>
/// <param name="Value">What it is.</param>
internal sealed record GuardFact(string Resource, string Aspect, string Value);

/// <summary>A call of the guard's own that did not succeed.</summary>
/// <param name="Action">As IAM names it, such as <c>cloudtrail:GetTrailStatus</c>.</param>
/// <param name="Resource">On what.</param>
/// <param name="Problem">What went wrong, and for a denial what to allow.</param>
internal sealed record GuardProblem(string Action, string Resource, string Problem);

/// <summary>What one look found.</summary>
/// <param name="Facts">What it saw. What it could not see, stays as it was seen last.</param>
/// <param name="Resources">All log groups and keys that are to be watched now, whether or not this look asked for them.</param>
/// <param name="Problems">Calls that did not succeed.</param>
internal sealed record GuardReport(IReadOnlyList<GuardFact> Facts, IReadOnlySet<string> Resources, IReadOnlyList<GuardProblem> Problems)
{
    /// <summary>The time at which the look began: what changed since, it may not have seen.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>A fact against the baseline.</summary>
/// <param name="Resource">What it is about.</param>
/// <param name="Aspect">What about it.</param>
/// <param name="Expected">As it was accepted.</param>
/// <param name="Seen">As it was seen last.</param>
/// <param name="Since">Since when it departs from what was accepted; null while it does not.</param>
internal sealed record GuardedFact(string Resource, string Aspect, string Expected, string Seen, DateTimeOffset? Since)
{
    /// <summary>The difference in words; null while there is none.</summary>
    public string? Departure => Since is null ? null : GuardAspect.Describe(Resource, Aspect, Expected, Seen);
}
