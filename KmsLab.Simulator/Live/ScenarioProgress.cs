namespace KmsLab.Simulator;

/// <summary>How far a run is.</summary>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="Phase">What it does now, such as <c>setting up</c>, <c>running</c>, <c>putting right</c>.</param>
/// <param name="Done">Calls made.</param>
/// <param name="Total">Calls planned, as far as that is known.</param>
/// <param name="Note">What is worth telling now, or null.</param>
public sealed record ScenarioProgress(string Scenario, string Phase, int Done, int Total, string? Note);
