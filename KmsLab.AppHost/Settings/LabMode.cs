using Microsoft.Extensions.Configuration;

namespace KmsLab.AppHost.Settings;

/// <summary>Names the stand-in for AWS: <c>Lab:Mode</c>. It never depends on what happens to be installed.</summary>
internal enum LabMode
{
    /// <summary>LocalAws alone: nothing but the SDK is needed.</summary>
    Local,

    /// <summary>LocalStack in a container, with LocalAws before it, which writes the trail.</summary>
    LocalStack,

    /// <summary>
    /// A real account, by the profile and the Region of <c>Lab:Profile</c> and <c>Lab:Region</c>; built with <c>-p:FullFeed=true</c>.
    /// </summary>
    Aws,
}

/// <summary>Reads the mode.</summary>
internal static class LabModes
{
    /// <summary>The mode that is asked for; <see cref="LabMode.Local"/> unless one is.</summary>
    /// <exception cref="LabException">There is no such mode.</exception>
    public static LabMode Of(IConfiguration settings) => settings["Lab:Mode"] switch
    {
        null or "" => LabMode.Local,
        var name when Enum.TryParse<LabMode>(name, ignoreCase: true, out var mode)
            && Enum.IsDefined(mode) && !char.IsAsciiDigit(name[0]) => mode,
        var name => throw new LabException($"Lab:Mode is '{name}'. Set it to local, localstack or aws, such as --Lab:Mode=local."),
    };
}
