using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Settings that can't be as they were meant.</summary>
/// <param name="Problems">What is wrong, each with its key, where it comes from, and what to do.</param>
/// <param name="Missing">What has to be set, and is not.</param>
public sealed record SettingsFindings(IReadOnlyList<string> Problems, IReadOnlyList<string> Missing);

/// <summary>
/// Finds settings that nobody would read as they were meant: mistyped names, values of the wrong type, lists and sections in each other's
/// place. The configuration binder passes over them in silence, and drops their good neighbours.
/// </summary>
public sealed class SettingsCheck
{
    private const string Aws = "AWS";

    private static readonly string[] AwsSettings =
    [
        "AccessKeyId", "SecretAccessKey", "SessionToken", "Profile", "ProfilesLocation", "Region", "ServiceURL", "UseHttp",
        "AuthenticationRegion", "SessionName", "SessionRoleArn", "MaxErrorRetry", "RetryMode", "Timeout",
        "DefaultsMode", "UseFIPSEndpoint", "UseDualstackEndpoint", "LogResponse", "ExternalId",
    ];

    /// <summary>Sections of a settings file that belong to somebody else.</summary>
    private static readonly string[] Foreign =
    [
        "CryptoApi", "Sentinel", "LocalAws", "Simulator", "Lab", "ConnectionStrings", Aws, "LocalStack", "Logging", "Kestrel",
        "AllowedHosts", "OpenTelemetry", "HTTP_PORTS", "HTTPS_PORTS", "URLS", "DetailedErrors", "$schema",
    ];

    private readonly IConfigurationRoot _configuration;
    private readonly SettingNode _known;
    private readonly string _service;
    private readonly List<string> _problems = [];

    private SettingsCheck(IConfigurationRoot configuration, string service, IEnumerable<SettingsSection> sections)
    {
        _configuration = configuration;
        _service = service;
        _known = SettingNode.Of(sections.Concat(AwsSettings.Select(name => new SettingsSection($"{Aws}:{name}", typeof(string)))));
    }

    /// <summary>Makes a configuration of one section of a file of its own, such as a rule's.</summary>
    /// <param name="path">The file, for the messages.</param>
    /// <param name="settings">What it says, by key.</param>
    /// <param name="section">The only section that is known.</param>
    /// <exception cref="SettingsException">It has names that nobody reads, or values of the wrong type.</exception>
    public static IConfigurationRoot Read(string path, IReadOnlyDictionary<string, string?> settings, SettingsSection section)
    {
        Duration.Register();
        var configuration = new ConfigurationBuilder().AddSettings(path, settings).Build();
        var check = new SettingsCheck(configuration, section.Path, [section]);
        check.Look();
        return check._problems.Count == 0 ? configuration : throw new SettingsException(check._problems);
    }

    /// <summary>Finds all that is wrong with a service's settings, those that its options' own validators find included.</summary>
    /// <param name="services">The service, built and not started.</param>
    /// <param name="service">Its section, such as <c>CryptoApi</c>.</param>
    public static SettingsFindings Find(IServiceProvider services, string service)
    {
        Duration.Register();
        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        var check = new SettingsCheck(configuration, service, services.GetServices<SettingsSection>());
        check.Look();
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException invalid)
        {
            check._problems.AddRange(invalid.Failures);
        }
        catch (AggregateException several)
        {
            check._problems.AddRange(several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(invalid => invalid.Failures));
        }
        catch (InvalidOperationException) when (check._problems.Count > 0)
        {
            // The binder stumbled over what has been told already.
        }

        return new([.. check._problems.Distinct()], [.. services.GetServices<MissingSetting>().Select(missing => missing.Text)]);
    }

    private void Look()
    {
        foreach (var section in _configuration.GetChildren())
            LookAtTop(section);
    }

    /// <summary>
    /// Whoever mistypes a section gets nothing of it. The environment is full of others' variables, so there only a near miss is told.
    /// </summary>
    private void LookAtTop(IConfigurationSection section)
    {
        if (section.Key.Equals(_service, StringComparison.OrdinalIgnoreCase) || section.Key.Equals(Aws, StringComparison.OrdinalIgnoreCase))
        {
            Look(_known.Child(section.Key) ?? new SettingNode(), section);
            return;
        }

        if (Foreign.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            return;

        var first = FirstOf(section);
        var isSection = section.GetChildren().Any();
        var source = SourceOf(first);
        var isFile = source is JsonConfigurationProvider or ConfigFile.Provider;
        if (isFile || (isSection && NearestName.To(section.Key, [_service]) is not null))
            Add(first, $"no section '{section.Key}' is read{NearestName.Question(section.Key, Foreign.Append(_service))}");
    }

    private void Look(SettingNode node, IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (node.Value is { } type)
        {
            if (children.Count > 0)
                Add(children[0].Path, $"{section.Path} is a single value and has nothing under it");
            else if (section.Value is { } text && ProblemOf(type, text) is { } problem)
                Add(section.Path, problem);
        }
        else if (!string.IsNullOrEmpty(section.Value))
        {
            Add(section.Path, node switch
            {
                { IsList: true } => $"it is a list: write its elements as {section.Path}:0, {section.Path}:1",
                { Element: not null } => $"it is a section: write {section.Path}:NAME",
                _ => $"it is a section: write {section.Path}:{node.Children.FirstOrDefault()?.Name ?? "NAME"}",
            });
        }
        else
        {
            foreach (var child in children)
                LookUnder(node, child);
        }
    }

    private void LookUnder(SettingNode node, IConfigurationSection child)
    {
        if ((node.Element ?? node.Child(child.Key)) is { } known)
            Look(known, child);
        else if (NearestName.To(child.Key, node.Children.Select(one => one.Name)) is { } near)
            Add(FirstOf(child), $"there is no setting '{child.Key}': did you mean '{near}'?");
        else if (!IsOfAws(child))
            Add(FirstOf(child), $"there is no setting '{child.Key}'{Elsewhere(child)}");
    }

    /// <summary>The AWS SDK reads more of its section than its documentation lists.</summary>
    private static bool IsOfAws(IConfigurationSection child) => child.Path.StartsWith($"{Aws}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Right, but in the wrong place.</summary>
    private string Elsewhere(IConfigurationSection child)
    {
        var places = PlacesOf(_known, "").Where(place => place.StartsWith(_service, StringComparison.OrdinalIgnoreCase)).ToList();
        var exact = places.FirstOrDefault(place => place.EndsWith(":" + child.Key, StringComparison.OrdinalIgnoreCase));
        var name = NearestName.To(child.Key, places.Select(LastOf));
        var near = exact ?? (name is null ? null : places.First(place => LastOf(place) == name));
        return near is null ? ". docs/configuration.md lists all." : $": did you mean {near}?";
    }

    private static string LastOf(string place) => place[(place.LastIndexOf(':') + 1)..];

    private static IEnumerable<string> PlacesOf(SettingNode node, string path)
    {
        foreach (var child in node.Children)
        {
            var place = path.Length == 0 ? child.Name : $"{path}:{child.Name}";
            yield return place;
            var elements = child.Element is { } element ? PlacesOf(element, $"{place}:{(child.IsList ? "0" : "NAME")}") : [];
            foreach (var inner in PlacesOf(child, place).Concat(elements))
                yield return inner;
        }
    }

    /// <summary>The first value under a section: its source is known, that of a section is not.</summary>
    private static string FirstOf(IConfigurationSection section) => section.AsEnumerable()
        .Where(one => one.Value is not null).Select(one => one.Key)
        .Order(StringComparer.OrdinalIgnoreCase).FirstOrDefault() ?? section.Path;

    private static string? ProblemOf(Type type, string text)
    {
        if (text.Length == 0 && type != typeof(string))
            return "it is empty: give it a value, or leave it out";
        if (type.IsEnum)
            return ProblemOf(Enum.GetNames(type), text);

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception problem) when (IsOfFormat(problem) || (problem.InnerException is { } inner && IsOfFormat(inner)))
        {
            return $"it is '{text}', and must be {Describe(type)}";
        }
    }

    private static bool IsOfFormat(Exception problem) => problem is FormatException or ArgumentException or NotSupportedException or OverflowException;

    /// <summary>Numbers stand for names too, in .NET; nobody means them.</summary>
    private static string? ProblemOf(string[] names, string text) => names.Contains(text, StringComparer.OrdinalIgnoreCase)
        ? null
        : $"it is '{text}'{NearestName.Question(text, names)} It is one of {string.Join(", ", names)}.";

    private static string Describe(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false",
        >= TypeCode.SByte and <= TypeCode.UInt64 => "a whole number such as 5",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number such as 0.5",
        TypeCode.DateTime => "a time such as 2026-11-23T12:00:00Z",
        _ when type == typeof(TimeSpan) => "a span of time such as 5m, 1h30m, 2d or 00:05:00",
        _ when type == typeof(DateTimeOffset) => "a time such as 2026-11-23T12:00:00Z",
        _ when type == typeof(Uri) => "an address such as http://localhost:5090",
        _ => $"a {type.Name}",
    };

    private void Add(string key, string problem) =>
        _problems.Add($"{key} ({Describe(SourceOf(key), key)}): {problem}{(problem[^1] is '.' or '?' ? "" : ".")}");

    private IConfigurationProvider? SourceOf(string key) => _configuration.Providers.LastOrDefault(provider => provider.TryGet(key, out _));

    private static string Describe(IConfigurationProvider? source, string key) => source switch
    {
        EnvironmentVariablesConfigurationProvider => $"environment variable {key.Replace(":", "__", StringComparison.Ordinal)}",
        CommandLineConfigurationProvider => "command line",
        JsonConfigurationProvider { Source.Path: { } path } => path,
        ConfigFile.Provider file => file.Path,
        _ => "configuration",
    };
}
