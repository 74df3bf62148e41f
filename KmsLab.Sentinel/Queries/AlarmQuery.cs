using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>
/// Reads alarms with what people did about them: what the loop has taken in, and what it will take in with its next turn. So whoever has acknowledged
/// an alarm sees it acknowledged at once, whichever Sentinel they ask.
/// </summary>
internal sealed class AlarmQuery(Database database, DetectionCatalog catalog, CommandFrame commands, TimeProvider time)
{
    private const int EntriesShown = 1000;

    /// <summary>So many alarms are shown as current; a flood of more is seen in its number.</summary>
    private const int MostCurrent = 1000;

    public Task<IReadOnlyList<AlarmAnswer>> ReadAsync(CancellationToken cancellationToken) => ListAsync(new(), cancellationToken);

    /// <summary>Those of a listing, the latest change first.</summary>
    public Task<IReadOnlyList<AlarmAnswer>> ListAsync(AlarmListing listing, CancellationToken cancellationToken) =>
        ReadAsync(connection => AlarmRecords.ListAsync(connection, listing, cancellationToken), cancellationToken);

    /// <summary>Those that nobody has closed, and those with records since an instant.</summary>
    public Task<IReadOnlyList<AlarmAnswer>> CurrentAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        ReadAsync(connection => AlarmRecords.CurrentAsync(connection, since, MostCurrent, cancellationToken), cancellationToken);

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
            var silences = await SilenceRows.LiveAsync(connection, now, cancellationToken);
            var gaps = alarms.Any(alarm => alarm.Detection == TrailBlinding.Id) ? await GapRows.AllAsync(connection, cancellationToken) : [];
            return (IReadOnlyList<AlarmAnswer>)[.. alarms.Select(alarm => Of(alarm, WithSilence(handlings.GetValueOrDefault(alarm.Id) ?? new(alarm.Id), alarm, silences, now), now) with { Gaps = GapsOf(alarm, gaps) })];
        },
        cancellationToken);

    /// <summary>The configuration that would have kept an alarm quiet, to paste; null where there is no such alarm, or nothing would have.</summary>
    public async Task<string?> TuningAsync(string id, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, id, cancellationToken), cancellationToken);
        if (found is not [var alarm] || catalog.Find(alarm.Detection) is not { } detection)
            return null;

        var closed = (await FindAsync(id, cancellationToken))?.Closed;
        return TuningText.Of(alarm, detection, closed?.Reason is { Length: > 0 } reason ? $"{reason} ({closed.By})" : $"alarm {id} was found to be false");
    }

    /// <summary>What happened to an alarm, oldest first; what is asked for and not taken in yet stands at the end.</summary>
    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var commands = await AlarmRecords.CommandsAsync(connection, cancellationToken);
            var history = await AlarmRecords.HistoryAsync(connection, id, EntriesShown, cancellationToken);
            return (IReadOnlyList<HistoryEntry>)[.. history, .. commands.Where(command => command.AlarmId == id).Select(HistoryEntry.Of).Except(history)];
        },
        cancellationToken);

    /// <summary>Writes a command down: once this returns it is durable. An acknowledgement, or a closure, covers what there is to see now.</summary>
    public async Task SubmitAsync(AlarmCommand command, CancellationToken cancellationToken)
    {
        if (command.Kind is AlarmCommandKind.Acknowledge or AlarmCommandKind.Close
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

    /// <summary>A silence by matcher shows as if the alarm itself were silenced, unless that is silenced for longer.</summary>
    private AlarmHandling WithSilence(AlarmHandling handling, Alarm alarm, IReadOnlyList<MatchedSilence> silences, DateTimeOffset now)
    {
        var silence = silences.FirstOrDefault(silence => silence.IsActive(now) && silence.Covers(alarm, catalog.Find(alarm.Detection)?.Definition));
        return silence is null || handling.Silence?.Until >= silence.Ends ? handling : handling with { Silence = silence.ToSilence() with { ByMatcher = silence.Id } };
    }

    private AlarmAnswer Of(Alarm alarm, AlarmHandling handling, DateTimeOffset now) => WithCommands(AlarmAnswer.Of(alarm, catalog)) with
    {
        Acknowledged = handling.WasAcknowledged(alarm) ? handling.Acknowledged : null,
        Silenced = handling.IsSilenced(now) ? handling.Silence : null,
        Closed = handling.IsClosed(alarm) ? handling.Closed : null,
        Attention = AttentionTo(alarm, handling, now),
    };

    private AlarmAnswer WithCommands(AlarmAnswer answer) => answer with { Runbook = commands.Fit(answer.Runbook) };

    private Attention AttentionTo(Alarm alarm, AlarmHandling handling, DateTimeOffset now) =>
        handling.IsClosed(alarm) ? Attention.Closed
        : handling.IsSilenced(now) ? Attention.Silenced
        : handling.IsKnown(alarm) ? Attention.Acknowledged
        : catalog.ModeOf(alarm.Detection) == DetectionMode.DryRun ? Attention.DryRun
        : Attention.Needed;
}
