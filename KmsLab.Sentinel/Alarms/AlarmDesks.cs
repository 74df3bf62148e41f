using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Makes the loop's <see cref="AlarmDesk"/>, and fetches for it what people asked for.</summary>
internal sealed class AlarmDesks(Database database, LeaderWrites writes, DetectionCatalog catalog, ChannelRoutes routes, AlarmOptions options)
{
    public AlarmDesk Create(IEnumerable<AlarmHandling> handlings) => new(handlings, catalog, routes, options);

    /// <summary>Commands that no turn has taken in, in order.</summary>
    public Task<IReadOnlyList<AlarmCommand>> CommandsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => AlarmRecords.CommandsAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Forgets history that is old, and how alarms were handled that are forgotten.</summary>
    public Task PruneAsync(DateTimeOffset now, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM alarm_history WHERE happened_at < @floor;
            DELETE FROM alarm_handling WHERE silenced_until < @now AND NOT EXISTS (SELECT 1 FROM alarm WHERE alarm.id = alarm_handling.alarm_id);
            """,
            new { floor = (now - options.KeepHistory).ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);
}
