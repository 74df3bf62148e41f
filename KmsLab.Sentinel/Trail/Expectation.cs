namespace KmsLab.Sentinel.Trail;

/// <summary>What is normal for a group at some time: a band of counts a window.</summary>
/// <param name="Low">The least that is normal.</param>
/// <param name="High">The most that is normal; more fires.</param>
/// <param name="Basis">What it rests on, such as <c>the same hour of 14 days</c>.</param>
public sealed record Expectation(double Low, double High, string Basis);
