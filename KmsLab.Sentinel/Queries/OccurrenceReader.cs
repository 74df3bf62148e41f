using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Alarms;

namespace KmsLab.Sentinel.Queries;

/// <summary>One occurrence of an alarm.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="Detection">Its detection.</param>
/// <param name="Number">Which occurrence of the alarm, from 1.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it was over; null while it is open.</param>
/// <param name="State">The alarm's state; OK of an occurrence that is over.</param>
internal sealed record Occurrence(string AlarmId, string Detection, long Number, DateTimeOffset From, DateTimeOffset? To, AlarmState State);

/// <summary>Reads the occurrences of alarms that are still known, oldest first.</summary>
/// <remarks>
/// The latest one of an alarm stands in the alarm, in event time, until the alarm is pruned; earlier ones, and those of pruned alarms, are put together
/// from the history, in Sentinel's own time of raising and ending them: later than the calls by what the trail was late.
/// </remarks>
internal static class OccurrenceReader
{
    /// <summary>Changes of state that are looked at, the latest.</summary>
    private const int ChangesRead = 5000;

    public static async Task<IReadOnlyList<Occurrence>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var alarms = (await connection.QueryAsync<(string Id, string Detection, long Number, string State, long First, long QuietAt, long Ended)>(new CommandDefinition(
            "SELECT id, detection, occurrence, state, first_seen, quiet_at, ended FROM alarm", cancellationToken: cancellationToken))).ToList();
        var current = alarms.Select(row => new Occurrence(
            row.Id, row.Detection, row.Number, Instant(row.First), row.Ended != 0 ? Instant(row.QuietAt) : null, Enum.Parse<AlarmState>(row.State))).ToList();
        var detections = alarms.ToDictionary(row => row.Id, row => row.Detection);
        var known = current.Select(occurrence => (occurrence.AlarmId, occurrence.Number)).ToHashSet();

        var earlier = (await AlarmRecords.StatesAsync(connection, ChangesRead, cancellationToken))
            .GroupBy(entry => (entry.AlarmId, Number: entry.Occurrence ?? 0))
            .Where(changes => !known.Contains(changes.Key))
            .Select(changes => Of([.. changes], detections.GetValueOrDefault(changes.Key.AlarmId)))
            .OfType<Occurrence>();
        return [.. current.Concat(earlier).OrderBy(occurrence => occurrence.From).ThenBy(occurrence => occurrence.AlarmId, StringComparer.Ordinal)];
    }

    /// <returns>Null where nothing says whose it was, or when it began.</returns>
    private static Occurrence? Of(IReadOnlyList<HistoryEntry> changes, string? detection)
    {
        var owner = detection ?? changes.Select(change => change.Detection).FirstOrDefault(name => name is not null);
        var raised = changes.FirstOrDefault(change => change.State == AlarmState.Alarm);
        var over = changes.FirstOrDefault(change => change.State == AlarmState.Ok && change.At >= raised?.At);
        return owner is null || raised is null ? null : new(raised.AlarmId, owner, raised.Occurrence ?? 0, raised.At, over?.At ?? changes[^1].At, AlarmState.Ok);
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);
}
