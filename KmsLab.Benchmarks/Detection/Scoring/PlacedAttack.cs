using KmsLab.Simulator;

namespace KmsLab.Benchmarks.Detection;

/// <summary>An attack in a run, as the ground truth has it.</summary>
/// <param name="Id">Its id here: the scenario's, and the pace where there are two.</param>
/// <param name="Span">By whom, from when to when.</param>
/// <param name="Finders">The detections that the catalogue of scenarios names for it, with history and settings as they are here.</param>
internal sealed record PlacedAttack(string Id, AttackSpan Span, IReadOnlyList<string> Finders);
