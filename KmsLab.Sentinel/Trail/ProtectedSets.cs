namespace KmsLab.Sentinel.Trail;

/// <summary>The keys that are guarded.</summary>
/// <param name="All">Every set of <c>Sentinel:ProtectedSets</c>, with its name.</param>
internal sealed record ProtectedSets(IReadOnlyList<ProtectedSet> All);
