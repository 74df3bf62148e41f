using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>
/// The JSON file of <c>--config FILE</c>: settings in their sections, as in appsettings.json. It may hold sections of other services.
/// </summary>
public static class ConfigFile
{
    /// <summary>Adds a file's settings above those that are there.</summary>
    /// <exception cref="CommandLineException">It can't be read or is malformed.</exception>
    public static IConfigurationBuilder AddConfigFile(this IConfigurationBuilder configuration, string path) =>
        configuration.AddSettings(path, Read(path));

    /// <summary>Adds settings that were read from a file.</summary>
    internal static IConfigurationBuilder AddSettings(
        this IConfigurationBuilder configuration, string path, IReadOnlyDictionary<string, string?> settings) =>
        configuration.Add(new Source(path, settings));

    /// <summary>Reads a file's settings, by key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that named it, for the messages.</param>
    /// <exception cref="CommandLineException">It can't be read or is malformed.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path, string option = "--config ")
    {
        try
        {
            using var file = File.OpenRead(path);
            return new ConfigurationBuilder().AddJsonStream(file).Build().AsEnumerable()
                .Where(setting => setting.Value is not null) // Sections themselves have no value.
                .ToDictionary(StringComparer.OrdinalIgnoreCase);
        }
        catch (JsonException malformed)
        {
            throw Problem(option, path, $", line {malformed.LineNumber + 1}: {WithoutPlace(malformed.Message)}", malformed);
        }
        catch (FormatException malformed)
        {
            throw Problem(option, path, $": {malformed.Message}", malformed);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Problem(option, path, ": there is no such file.", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Problem(option, path, $": {unreadable.Message}", unreadable);
        }
    }

    private static CommandLineException Problem(string option, string path, string what, Exception problem) =>
        new($"{option}{Path.GetFullPath(path)}{what}", problem);

    /// <summary>The serializer's message names the line again, and counts it from 0.</summary>
    private static string WithoutPlace(string message) => message.Split(" LineNumber: ", 2)[0];

    /// <summary>A file that has been read.</summary>
    private sealed class Source(string path, IReadOnlyDictionary<string, string?> settings) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(path, settings);
    }

    /// <summary>Its settings, and where they are from.</summary>
    internal sealed class Provider : ConfigurationProvider
    {
        public Provider(string path, IReadOnlyDictionary<string, string?> settings)
        {
            Path = path;
            Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        }

        public string Path { get; }
    }
}
