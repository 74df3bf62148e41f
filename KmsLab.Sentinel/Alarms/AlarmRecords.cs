using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapper;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Alarms to read; what is null leaves none out.</summary>
/// <param name="State">In this state.</param>
/// <param name="Detection">Of this detection.</param>
/// <param name="From">With records at this instant of event time, or later.</param>
/// <param name="To">With records before this instant.</param>
/// <param name="After">Behind this alarm: the time of its last change, and its id.</param>
/// <param name="Limit">So many at most.</param>
internal sealed record AlarmListing(
    AlarmState? State = null, string? Detection = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
    (DateTimeOffset At, string Id)? After = null, int? Limit = null);

/// <summary>Reads back alarms, and how they were handled.</summary>
internal static class AlarmRecords
{
    /// <summary>All alarms, the latest change first.</summary>
    public static Task<IReadOnlyList<Alarm>> AlarmsAsync(DbConnection connection, CancellationToken cancellationToken) =>
        AlarmsAsync(connection, "ORDER BY changed_at DESC, id", null, cancellationToken);

    /// <summary>Those that late records may still change.</summary>
    public static Task<IReadOnlyList<Alarm>> WakefulAsync(DbConnection connection, CancellationToken cancellationToken) =>
        AlarmsAsync(connection, "WHERE dormant = 0 ORDER BY changed_at DESC, id", null, cancellationToken);

    /// <summary>Those that nobody has closed, and those that changed since an instant; the latest change first.</summary>
    public static Task<IReadOnlyList<Alarm>> CurrentAsync(DbConnection connection, DateTimeOffset since, int limit, CancellationToken cancellationToken) => AlarmsAsync(
        connection,
        """
        WHERE last_seen >= @since OR NOT EXISTS (SELECT 1 FROM alarm_handling h WHERE h.alarm_id = alarm.id AND h.closed_occurrence >= alarm.occurrence)
        ORDER BY changed_at DESC, id LIMIT @limit
        """,
        new { since = since.ToUnixTimeMilliseconds(), limit }, cancellationToken);

    /// <summary>Those of a listing, the latest change first.</summary>
    public static Task<IReadOnlyList<Alarm>> ListAsync(DbConnection connection, AlarmListing listing, CancellationToken cancellationToken)
    {
        var conditions = new List<string>();
        if (listing.State is not null)
            conditions.Add("state = @state");
        if (listing.Detection is not null)
            conditions.Add("detection = @detection");
        if (listing.From is not null)
            conditions.Add("last_seen >= @from");
        if (listing.To is not null)
            conditions.Add("first_seen < @to");
        if (listing.After is not null)
            conditions.Add("(changed_at < @at OR changed_at = @at AND id > @id)");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)} ";
        return AlarmsAsync(
            connection,
            $"{where}ORDER BY changed_at DESC, id LIMIT @limit",
            new
            {
                state = listing.State?.ToString(),
                detection = listing.Detection,
                from = listing.From?.ToUnixTimeMilliseconds(),
                to = listing.To?.ToUnixTimeMilliseconds(),
                at = listing.After?.At.ToUnixTimeMilliseconds(),
                id = listing.After?.Id,
                limit = (long)(listing.Limit ?? int.MaxValue),
            },
            cancellationToken);
    }

    /// <summary>One alarm, or none.</summary>
    public static Task<IReadOnlyList<Alarm>> AlarmsAsync(DbConnection connection, string id, CancellationToken cancellationToken) =>
        AlarmsAsync(connection, "WHERE id = @id", new { id }, cancellationToken);

    public static Task<IReadOnlyList<AlarmHandling>> HandlingsAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, "SELECT payload FROM alarm_handling", null, AlarmJson.Default.AlarmHandling, cancellationToken);

    /// <summary>Commands that no turn has taken in, in order.</summary>
    public static Task<IReadOnlyList<AlarmCommand>> CommandsAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ReadAsync(connection, "SELECT payload FROM alarm_command ORDER BY submitted_at, id", null, AlarmJson.Default.AlarmCommand, cancellationToken);

    /// <summary>The latest entries of an alarm's history, oldest first.</summary>
    public static async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(DbConnection connection, string alarmId, int limit, CancellationToken cancellationToken)
    {
        var latest = await ReadAsync(
            connection, "SELECT payload FROM alarm_history WHERE alarm_id = @alarmId ORDER BY happened_at DESC, ordinal DESC LIMIT @limit", new { alarmId, limit },
            AlarmJson.Default.HistoryEntry, cancellationToken);
        return [.. latest.Reverse()];
    }

    /// <summary>The latest changes of state of all alarms, oldest first.</summary>
    public static async Task<IReadOnlyList<HistoryEntry>> StatesAsync(DbConnection connection, int limit, CancellationToken cancellationToken)
    {
        var latest = await ReadAsync(
            connection, """SELECT payload FROM alarm_history WHERE payload LIKE '%"kind":"state"%' ORDER BY happened_at DESC, ordinal DESC LIMIT @limit""", new { limit },
            AlarmJson.Default.HistoryEntry, cancellationToken);
        return [.. latest.Reverse().Where(entry => entry.Kind == HistoryKind.State)];
    }

    private static async Task<IReadOnlyList<Alarm>> AlarmsAsync(DbConnection connection, string which, object? parameters, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<AlarmRow>(
            new CommandDefinition($"SELECT {AlarmRow.Columns} FROM alarm {which}", parameters, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToAlarm())];
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(DbConnection connection, string sql, object? parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var payloads = await connection.QueryAsync<string>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return [.. payloads.Select(payload => JsonSerializer.Deserialize(payload, type)!)];
    }
}
