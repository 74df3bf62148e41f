using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Alarms.Records;

/// <summary>Keeps the records that alarms rest on, whole, beyond the summaries that an alarm has: the table <c>alarm_record</c>.</summary>
/// <remarks>
/// Of each occurrence the first <see cref="AlarmOptions.KeepRecords"/> are kept. The body of a record that came long before its alarm may be gone by then,
/// after a restart too; it is in the trail, and in CloudTrail's event history, under its id.
/// </remarks>
internal sealed class AlarmRecordStore(AlarmOptions options, CommitGroup group) : ITurnPart
{
    private readonly RecentRecords _recent = new();
    private readonly Dictionary<(string Alarm, long Occurrence), int> _kept = [];
    private readonly List<object[]> _new = [];

    public bool HasChanges => _new.Count > 0;

    /// <summary>A report shows the alarms' own summaries.</summary>
    private bool IsOn => !group.IsForReport;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var kept = await connection.QueryAsync<(string Alarm, long Occurrence, long Records)>(new CommandDefinition(
            """
            SELECT r.alarm_id, r.occurrence, COUNT(*) FROM alarm_record r JOIN alarm a ON a.id = r.alarm_id AND a.occurrence = r.occurrence
            WHERE a.dormant = 0 GROUP BY r.alarm_id, r.occurrence
            """,
            cancellationToken: cancellationToken));
        foreach (var (alarm, occurrence, records) in kept)
            _kept[(alarm, occurrence)] = (int)records;
    }

    public void Judge(Observation observation, TurnMoment moment)
    {
        if (IsOn)
            _recent.Keep(observation.Record.Id, observation.Record.Json.Span);
    }

    /// <summary>An alarm rests on these records as well.</summary>
    public void Add(Alarm alarm, IEnumerable<Evidence> records)
    {
        if (!IsOn)
            return;

        var kept = _kept.GetValueOrDefault((alarm.Id, alarm.Occurrence));
        foreach (var record in records)
        {
            if (kept >= options.KeepRecords)
                break;

            kept++;
            _new.Add(
            [
                alarm.Id, alarm.Occurrence, record.EventId, record.EventTime.ToUnixTimeMilliseconds(), JsonSerializer.Serialize(record, StoredJson.Default.Evidence),
                RecordBody.Pack(_recent.Find(RecordId.From(record.EventId))),
            ]);
        }

        _kept[(alarm.Id, alarm.Occurrence)] = kept;
    }

    /// <summary>An occurrence gets no more records.</summary>
    public void Rest(Alarm alarm) => _kept.Remove((alarm.Id, alarm.Occurrence));

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => RowWriter.InsertAsync(
        transaction, "alarm_record (alarm_id, occurrence, event_id, at, summary, body)", "ON CONFLICT DO NOTHING", _new, cancellationToken);

    public void Committed() => _new.Clear();
}
