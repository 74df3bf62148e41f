using Microsoft.Extensions.Options;

namespace KmsLab.Simulator.Service;

/// <summary>Says which scenarios can be played here.</summary>
internal sealed class Availability(IOptions<SimulatorOptions> options, IConfiguration configuration)
{
    /// <summary>Why it can't be; null when it can.</summary>
    public string? WhyNot(ScenarioInfo scenario) => scenario.FilesOnly
        ? FilesOnly(scenario)
        : scenario.NeedsVault && options.Value.VaultIn(configuration) is null
        ? $"{scenario.Id} decrypts what was stolen, so it needs a copy of the application's database: "
          + "set ConnectionStrings:vault and Simulator:Database."
        : null;

    private static string FilesOnly(ScenarioInfo scenario) =>
        $"{scenario.Id} makes calls that the lab's endpoint does not serve. Write it to files: dotnet run --project KmsLab.Simulator -- write FOLDER --scenario normal --scenario {scenario.Id}@8h";
}
