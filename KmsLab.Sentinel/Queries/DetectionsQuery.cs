using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Reads the catalogue of detections, the product's first, with how often each has fired.</summary>
internal sealed class DetectionsQuery(Database database, DetectionCatalog catalog)
{
    private static readonly HashSet<string> BuiltIn = [.. DetectionCatalog.BuiltIn.Select(definition => definition.Id)];

    public async Task<IReadOnlyList<DetectionAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        var occurrences = await database.ReadAsync(connection => OccurrenceReader.ReadAsync(connection, cancellationToken), cancellationToken);
        var byDetection = occurrences.ToLookup(occurrence => occurrence.Detection);
        return [.. catalog.All.Select(detection => Answer(detection, [.. byDetection[detection.Definition.Id]]))];
    }

    private static DetectionAnswer Answer(ConfiguredDetection detection, IReadOnlyList<Occurrence> occurrences)
    {
        var (definition, settings) = (detection.Definition, detection.Settings);
        return new(
            definition.Id, definition.Title, definition.Severity, definition.Technique, settings.Mode.ToString(), settings.Threshold, settings.Window,
            DetectionRule.Of(definition, settings, Texts.English), definition.About, definition.Tuning, !BuiltIn.Contains(definition.Id),
            occurrences.Count(occurrence => occurrence.To is null), occurrences.Count, occurrences.Count == 0 ? null : occurrences[^1].From);
    }
}
