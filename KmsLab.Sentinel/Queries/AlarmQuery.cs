using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>
/// Reads alarms with what people did about them: what the loop has taken in, and what it will take in with its next turn. So whoever has acknowledged
/// an alarm sees it acknowledged at once, whichever Sentinel they ask.
/// </summary>
internal sealed class AlarmQuery(Database database, DetectionCatalog catalog, TimeProvider time)
{
    private const int EntriesShown = 1000;

    public Task<IReadOnlyList<AlarmAnswer>> ReadAsync(CancellationToken cancellationToken) => ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, cancellationToken), cancellationToken);

    public async Task<AlarmAnswer?> FindAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, id, cancellationToken), cancellationToken) is [var alarm] ? alarm : null;

    private Task<IReadOnlyList<AlarmAnswer>> ReadAsync(Func<DbConnection, Task<IReadOnlyList<Alarm>>> read, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // First, for a turn may take them in right now: better seen twice than not at all.
            var commands = await AlarmRecords.CommandsAsync(connection, cancellationToken);
            var alarms = await read(connection);
            var handlings = (await AlarmRecords.HandlingsAsync(connection, cancellationToken)).ToDictionary(handling => handling.AlarmId);
            foreach (var command in commands)
                handlings[command.AlarmId] = (handlings.GetValueOrDefault(command.AlarmId) ?? new(command.AlarmId)).Apply(command);

            var now = time.GetUtcNow();
            var gaps = alarms.Any(alarm => alarm.Detection == TrailBlinding.Id) ? await GapRows.AllAsync(connection, cancellationToken) : [];
            return (IReadOnlyList<AlarmAnswer>)[.. alarms.Select(alarm => Of(alarm, handlings.GetValueOrDefault(alarm.Id) ?? new(alarm.Id), now) with { Gaps = GapsOf(alarm, gaps) })];
        },
        cancellationToken);

    /// <summary>How many are open, without reading them: every page of everybody shows it.</summary>
    public Task<long> CountOpenAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COUNT(*) FROM alarm WHERE ended = 0", cancellationToken: cancellationToken)), cancellationToken);

    /// <summary>What happened to an alarm, oldest first; what is asked for and not taken in yet stands at the end.</summary>
    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var commands = await AlarmRecords.CommandsAsync(connection, cancellationToken);
            var history = await AlarmRecords.HistoryAsync(connection, id, EntriesShown, cancellationToken);
            return (IReadOnlyList<HistoryEntry>)[.. history, .. commands.Where(command => command.AlarmId == id).Select(HistoryEntry.Of).Except(history)];
        },
        cancellationToken);

    /// <summary>Writes a command down: once this returns it is durable. An acknowledgement covers what there is to see now.</summary>
    public async Task SubmitAsync(AlarmCommand command, CancellationToken cancellationToken)
    {
        if (command.Kind == AlarmCommandKind.Acknowledge
            && await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, command.AlarmId, cancellationToken), cancellationToken) is [var alarm])
            command = command with { Seen = Covered.Of(alarm) };
        await WriteAsync(command, cancellationToken);
    }

    private Task<int> WriteAsync(AlarmCommand command, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO alarm_command (id, alarm_id, payload, submitted_at) VALUES (@id, @alarmId, @payload, @at) ON CONFLICT DO NOTHING",
            new { id = command.Id, alarmId = command.AlarmId, payload = JsonSerializer.Serialize(command, AlarmJson.Default.AlarmCommand), at = command.At.ToUnixTimeMilliseconds() },
            transaction,
            cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    /// <summary>The gaps of what the alarm is about that are not over long before it, and don't begin long after.</summary>
    private static IReadOnlyList<GapStatus> GapsOf(Alarm alarm, IReadOnlyList<TrailGap> gaps) => alarm.Detection != TrailBlinding.Id ? [] :
    [
        .. gaps.Where(gap => gap.Group.Key == alarm.Group.Key && gap.From <= alarm.LastSeen + alarm.Window && !(gap.To < alarm.FirstSeen - alarm.Window))
            .Select(gap => GapStatus.Of(gap, null)),
    ];

    private AlarmAnswer Of(Alarm alarm, AlarmHandling handling, DateTimeOffset now) => AlarmAnswer.Of(alarm, catalog) with
    {
        Acknowledged = handling.WasAcknowledged(alarm) ? handling.Acknowledged : null,
        Silenced = handling.IsSilenced(now) ? handling.Silence : null,
    };
}
