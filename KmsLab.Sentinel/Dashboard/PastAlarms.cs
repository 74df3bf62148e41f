using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Occurrences that are over, as long as the history knows them: an alarm itself, with its evidence, is kept for <c>Sentinel:Retention</c> only.</summary>
internal sealed class PastAlarms(Database database, DetectionCatalog catalog)
{
    /// <summary>How many are shown.</summary>
    public const int Shown = 200;

    /// <summary>The latest ones, latest first.</summary>
    public async Task<IReadOnlyList<ActivityAlarm>> ReadAsync(CancellationToken cancellationToken)
    {
        var occurrences = await database.ReadAsync(connection => OccurrenceReader.ReadAsync(connection, cancellationToken), cancellationToken);
        return [.. occurrences.Where(occurrence => occurrence.To is not null).Reverse().Take(Shown).Select(Of)];
    }

    private ActivityAlarm Of(Occurrence occurrence)
    {
        var definition = catalog.Find(occurrence.Detection)?.Definition;
        return new(
            occurrence.AlarmId, occurrence.Detection, definition?.Title ?? occurrence.Detection, definition?.Severity ?? Severity.Low, occurrence.From, occurrence.To, occurrence.State);
    }
}
