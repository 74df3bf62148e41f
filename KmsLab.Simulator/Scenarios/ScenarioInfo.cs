using System.Text.Json.Serialization;

namespace KmsLab.Simulator;

/// <summary>Describes a scenario to people: an entry of <c>scenarios.json</c>.</summary>
/// <param name="Id">Its id, such as <c>burst-exfiltration</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="About">Who does what, and what could show it.</param>
/// <param name="IsAttack">Whether anything should be found in it.</param>
/// <param name="Expected">Ids of Sentinel's detections that are expected to find it, whatever they have learned before.</param>
/// <param name="ExpectedWithHistory">
/// Detections that find it once they have learned for some weeks what is normal, or where they are configured for it.
/// </param>
/// <param name="NeedsVault">Whether the live run needs a copy of the vault database: the stolen ciphertexts.</param>
/// <param name="LengthSeconds">How long it is in the plan's own time.</param>
/// <param name="LiveSpeed">How many times faster than planned a live run goes, unless it is told otherwise.</param>
/// <param name="FilesOnly">Whether the lab's endpoint does not serve its calls, so that it can be written to files and not played.</param>
public sealed record ScenarioInfo(
    string Id,
    string Title,
    string About,
    bool IsAttack,
    IReadOnlyList<string> Expected,
    IReadOnlyList<string> ExpectedWithHistory,
    bool NeedsVault,
    long LengthSeconds,
    double LiveSpeed,
    bool FilesOnly = false)
{
    /// <summary>How long it is in the plan's own time.</summary>
    [JsonIgnore]
    public TimeSpan Length => TimeSpan.FromSeconds(LengthSeconds);
}
