using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Detection;

/// <summary>A detection as this Sentinel runs it.</summary>
internal sealed record ConfiguredDetection(DetectionDefinition Definition, DetectionSettings Settings);

/// <summary>The detections there are, and how the configuration wants them.</summary>
internal sealed class DetectionCatalog(IOptions<SentinelOptions> options)
{
    /// <summary>All of them. A new one is a file of its own and a line here.</summary>
    public static IReadOnlyList<DetectionDefinition> All { get; } = [KmsErrorBurst.Definition];

    /// <summary>Those that are not off.</summary>
    public IReadOnlyList<ConfiguredDetection> Active { get; } =
        [.. All.Select(definition => Configure(definition, options.Value)).Where(detection => detection.Settings.Mode != DetectionMode.Off)];

    public DetectionMode ModeOf(string id) => Active.FirstOrDefault(detection => detection.Definition.Id == id)?.Settings.Mode ?? DetectionMode.Off;

    public static DetectionDefinition? Find(string id) => All.FirstOrDefault(detection => string.Equals(detection.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with the settings of <paramref name="id"/>.</summary>
    public static IEnumerable<string> Check(string id, DetectionOverrides overrides, TimeSpan retention)
    {
        var at = $"Sentinel:Detections:{id}";
        if (Find(id) is null)
            yield return $"{at} is no detection: choose among {string.Join(", ", All.Select(detection => detection.Id))}";
        if (overrides.Mode is { } mode && !Enum.IsDefined(mode))
            yield return $"{at}:Mode must be Off, DryRun or On";
        if (overrides.Threshold is < 1)
            yield return $"{at}:Threshold must be at least 1";
        if (overrides.Window is { } window && (window <= TimeSpan.Zero || window >= retention))
            yield return $"{at}:Window must be more than zero and less than Sentinel:Retention";
    }

    private static ConfiguredDetection Configure(DetectionDefinition definition, SentinelOptions options) =>
        new(definition, options.Detections.GetValueOrDefault(definition.Id)?.ApplyTo(definition.Defaults) ?? definition.Defaults);
}
