using System.Text.Json;

namespace KmsLab.AppHost.Scenarios;

/// <summary>A scenario that the simulator can play.</summary>
/// <param name="Id">Such as <c>burst-exfiltration</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="About">Who does what, and what could show it.</param>
/// <param name="IsAttack">Whether something should be found.</param>
/// <param name="FilesOnly">Whether it can be written to files and not be played.</param>
internal sealed record Scenario(string Id, string Title, string About, bool IsAttack, bool FilesOnly = false);

/// <summary>The scenarios, from the simulator's own file: commands must be named before the simulator runs.</summary>
internal static class ScenarioList
{
    /// <summary>All that can be played.</summary>
    public static IReadOnlyList<Scenario> All { get; } = Read();

    /// <summary>The scenario with this id.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static Scenario Find(string id) => All.FirstOrDefault(scenario => scenario.Id == id)
        ?? throw new LabException($"there is no scenario {id}. Choose among {string.Join(", ", All.Select(one => one.Id))}.")
        {
            Aim = "play the scenario",
        };

    private static IReadOnlyList<Scenario> Read()
    {
        using var file = typeof(ScenarioList).Assembly.GetManifestResourceStream("scenarios.json")!;
        return [.. JsonSerializer.Deserialize<IReadOnlyList<Scenario>>(file, JsonSerializerOptions.Web)!.Where(scenario => !scenario.FilesOnly)];
    }
}
