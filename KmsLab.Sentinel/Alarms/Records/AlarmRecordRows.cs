using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms.Records;

/// <summary>A record that an alarm rests on.</summary>
/// <param name="Summary">In summary.</param>
/// <param name="Json">Whole, UTF-8 JSON; empty where it was gone when the alarm was raised.</param>
internal sealed record AlarmRecord(Evidence Summary, byte[] Json);

/// <summary>Reads back the records of alarms.</summary>
internal static class AlarmRecordRows
{
    /// <summary>The records of an occurrence, in order of event time.</summary>
    public static async Task<IReadOnlyList<AlarmRecord>> ReadAsync(DbConnection connection, string alarm, long occurrence, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Summary, byte[] Body)>(new CommandDefinition(
            "SELECT summary, body FROM alarm_record WHERE alarm_id = @alarm AND occurrence = @occurrence ORDER BY at, event_id", new { alarm, occurrence },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new AlarmRecord(JsonSerializer.Deserialize(row.Summary, StoredJson.Default.Evidence)!, RecordBody.Unpack(row.Body)))];
    }

    /// <summary>One record of an occurrence; null for none.</summary>
    public static async Task<AlarmRecord?> FindAsync(DbConnection connection, string alarm, long occurrence, string eventId, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Summary, byte[] Body)>(new CommandDefinition(
            "SELECT summary, body FROM alarm_record WHERE alarm_id = @alarm AND occurrence = @occurrence AND event_id = @eventId", new { alarm, occurrence, eventId },
            cancellationToken: cancellationToken));
        return rows.Select(row => new AlarmRecord(JsonSerializer.Deserialize(row.Summary, StoredJson.Default.Evidence)!, RecordBody.Unpack(row.Body))).FirstOrDefault();
    }
}
