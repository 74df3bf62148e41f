using KmsLab.AppHost.Arguments;
using Microsoft.Extensions.Configuration;

namespace KmsLab.AppHost.Settings;

/// <summary>
/// Settings of the lab and of its services.
/// Lowest first: the lab's defaults, the environment, the file of <c>--config</c>, the command line.
/// </summary>
internal sealed class LabSettings
{
    private static readonly string[] SectionsOfServices = ["ConnectionStrings", "CryptoApi", "LocalAws", "Sentinel", "Simulator"];

    private readonly IConfigurationRoot _all;

    private LabSettings(IConfigurationRoot all) => _all = all;

    /// <summary>Reads all layers.</summary>
    /// <exception cref="LabException">The file can't be read.</exception>
    public static LabSettings Read(LabArguments arguments)
    {
        try
        {
            var mode = LabModes.Of(OfUser(new ConfigurationBuilder(), arguments).Build());
            var defaults = mode == LabMode.Aws ? LabDefaults.OfAccount : LabDefaults.OfLab;
            return new(OfUser(new ConfigurationBuilder().AddInMemoryCollection(defaults), arguments).Build());
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var reason = unreadable.GetBaseException().Message; // The parser's, which knows the line.
            throw new LabException($"the file of --config can't be read: {reason.ReplaceLineEndings(" ")}", unreadable);
        }
    }

    /// <summary>Names the stand-in for AWS.</summary>
    public LabMode Mode => LabModes.Of(_all);

    /// <summary>
    /// Tells if the dashboard needs no login: in mode <c>local</c> no secret stands in any resource's environment, unless the user gives one.
    /// </summary>
    public bool HasOpenDashboard => Mode == LabMode.Local
        && !SectionsOfServices.SelectMany(Of).Any(setting => setting.Value is { } value && SecretSettings.IsSecret(setting.Key, value));

    /// <summary>The value of a key such as <c>Lab:Mode</c>; null where it is not set or empty.</summary>
    public string? this[string key] => _all[key] is { Length: > 0 } value ? value : null;

    /// <summary>Address that a service listens on: <c>{section}:Url</c>.</summary>
    /// <exception cref="LabException">It is no HTTP address.</exception>
    public Uri UrlOf(string section) => Url($"{section}:Url");

    /// <summary>An address.</summary>
    /// <exception cref="LabException">It is no HTTP address.</exception>
    public Uri Url(string key) => Uri.TryCreate(this[key], UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp
        ? url
        : throw new LabException($"{key} is '{this[key]}'. Write it as http://localhost:PORT.");

    /// <summary>Everything in a section, defaults included: keys in full.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Of(string section) => _all.GetSection(section).AsEnumerable();

    private static IConfigurationBuilder OfUser(IConfigurationBuilder builder, LabArguments arguments)
    {
        builder.AddEnvironmentVariables();
        if (arguments.ConfigFile is { } file)
            builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        return builder.AddInMemoryCollection(arguments.Settings);
    }
}
