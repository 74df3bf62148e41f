using System.Data.Common;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.State;

/// <summary>What the loop keeps in memory, as the database has it.</summary>
internal sealed record SavedState(
    IReadOnlyDictionary<string, DateTimeOffset> CompletedReads,
    IReadOnlyList<KeyValuePair<SeriesKey, SeriesEntry>> Series,
    IReadOnlyList<(WindowKey Key, DetectionGroup Group, IReadOnlyList<Evidence> Evidence)> Groups,
    IReadOnlyList<(WindowKey Key, long At, long Records)> Counts,
    IReadOnlyList<(WindowKey Key, long SlotAt, RecordId Value)> Values,
    IReadOnlyList<Alarm> Alarms,
    IReadOnlyList<AlarmHandling> Handlings);

/// <summary>Reads the state back.</summary>
internal sealed class StateReader(DbConnection connection, CancellationToken cancellationToken)
{
    public async Task<SavedState> AllAsync() => new(
        await CompletedReadsAsync(), await SeriesAsync(), await GroupsAsync(), await CountsAsync(), await ValuesAsync(), await AlarmsAsync(), await AlarmRecords.HandlingsAsync(connection, cancellationToken));

    public async Task<IReadOnlyList<Alarm>> AlarmsAsync()
    {
        var rows = await QueryAsync<AlarmRow>($"SELECT {AlarmRow.Columns} FROM alarm ORDER BY changed_at DESC, id");
        return [.. rows.Select(row => row.ToAlarm())];
    }

    /// <summary>One alarm, or none.</summary>
    public async Task<IReadOnlyList<Alarm>> AlarmsAsync(string id)
    {
        var rows = await connection.QueryAsync<AlarmRow>(new CommandDefinition($"SELECT {AlarmRow.Columns} FROM alarm WHERE id = @id", new { id }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToAlarm())];
    }

    public async Task<IReadOnlyList<FilePosition>> PositionsAsync(string source)
    {
        var rows = await connection.QueryAsync<(string Path, long Length, long ModifiedAt, string Layout, long Offset, long Records, long Skip, long Done)>(new CommandDefinition(
            "SELECT path, length, modified_at, layout, position, records, skip, done FROM file_position WHERE source = @source", new { source }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new FilePosition(
            row.Path, row.Length, row.ModifiedAt, Enum.TryParse<FileLayout>(row.Layout, out var layout) ? layout : null, row.Offset, row.Records, row.Skip, row.Done != 0))];
    }

    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> CompletedReadsAsync()
    {
        var rows = await QueryAsync<(string Source, long At)>("SELECT source, completed_at FROM source_cursor");
        return rows.ToDictionary(row => row.Source, row => DateTimeOffset.FromUnixTimeMilliseconds(row.At));
    }

    private async Task<IReadOnlyList<KeyValuePair<SeriesKey, SeriesEntry>>> SeriesAsync()
    {
        var rows = await QueryAsync<(long Id, string KeyArn, string Principal, string Operation, string Outcome, string Service, long LastAt)>(
            "SELECT id, key_arn, principal, operation, outcome, service, last_at FROM series");
        // A million rows name the same few principals and operations: each text is kept once.
        var texts = new HashSet<string>(StringComparer.Ordinal);
        return [.. rows.Select(row => KeyValuePair.Create(
            SeriesKey.FromColumns(Once(row.KeyArn), Once(row.Principal), Once(row.Operation), Once(row.Outcome), Once(row.Service)), new SeriesEntry(row.Id, row.LastAt)))];

        string Once(string text)
        {
            if (texts.TryGetValue(text, out var known))
                return known;

            texts.Add(text);
            return text;
        }
    }

    private async Task<IReadOnlyList<(WindowKey, DetectionGroup, IReadOnlyList<Evidence>)>> GroupsAsync()
    {
        var rows = await QueryAsync<(string Detection, string Group, string Members, string Evidence)>("SELECT detection, group_key, members, evidence FROM detection_group");
        return [.. rows.Select(row => (new WindowKey(row.Detection, row.Group), StoredJson.GroupOf(row.Members), (IReadOnlyList<Evidence>)StoredJson.EvidenceOf(row.Evidence)))];
    }

    private async Task<IReadOnlyList<(WindowKey, long, long)>> CountsAsync()
    {
        var rows = await QueryAsync<(string Detection, string Group, long At, long Records)>("SELECT detection, group_key, at, records FROM detection_count ORDER BY at");
        return [.. rows.Select(row => (new WindowKey(row.Detection, row.Group), row.At, row.Records))];
    }

    private async Task<IReadOnlyList<(WindowKey, long, RecordId)>> ValuesAsync()
    {
        var rows = await QueryAsync<(string Detection, string Group, long At, byte[] Value)>("SELECT detection, group_key, slot_at, value FROM detection_value ORDER BY slot_at");
        return [.. rows.Select(row => (new WindowKey(row.Detection, row.Group), row.At, RecordId.FromBytes(row.Value)))];
    }

    private Task<IEnumerable<T>> QueryAsync<T>(string sql) => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken));
}
