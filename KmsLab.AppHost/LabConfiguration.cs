using Microsoft.Extensions.Configuration.Memory;

namespace KmsLab.AppHost;

/// <summary>
/// The layers of a service's configuration in the lab, lowest first: the lab's defaults, the environment, the command line,
/// and what must hold whatever the user's environment says.
/// </summary>
internal sealed record LabConfiguration(
    IReadOnlyDictionary<string, string?> Defaults, IReadOnlyDictionary<string, string?> Arguments, IReadOnlyDictionary<string, string?> Fixed)
{
    public void ApplyTo(ConfigurationManager configuration)
    {
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        configuration.AddInMemoryCollection(Arguments);
        configuration.AddInMemoryCollection(Fixed);
    }
}
