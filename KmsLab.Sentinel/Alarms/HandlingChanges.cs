using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Alarms;

/// <summary>What a turn changes of how alarms are handled; written in the turn's transaction.</summary>
internal sealed class HandlingChanges
{
    public Dictionary<string, AlarmHandling> Handlings { get; } = [];

    public List<HistoryEntry> History { get; } = [];

    /// <summary>Commands that this turn has taken in.</summary>
    public List<AlarmCommand> Commands { get; } = [];

    /// <summary>Ids of silences that this turn has made known.</summary>
    public List<string> ToldSilences { get; } = [];

    public void Clear()
    {
        ToldSilences.Clear();
        Handlings.Clear();
        History.Clear();
        Commands.Clear();
    }

    public bool IsEmpty => Handlings.Count == 0 && History.Count == 0 && Commands.Count == 0 && ToldSilences.Count == 0;

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "alarm_handling (alarm_id, payload, silenced_until, closed_occurrence)",
            "ON CONFLICT (alarm_id) DO UPDATE SET payload = excluded.payload, silenced_until = excluded.silenced_until, closed_occurrence = excluded.closed_occurrence",
            Handlings.Values.Select(handling => new object[]
            {
                handling.AlarmId, JsonSerializer.Serialize(handling, AlarmJson.Default.AlarmHandling), handling.Silence?.Until.ToUnixTimeMilliseconds() ?? 0L,
                handling.Closed?.Occurrence ?? 0L,
            }),
            cancellationToken);
        await RowWriter.InsertAsync(transaction, HistoryTable, "", History.Select(HistoryRow), cancellationToken);
        foreach (var id in ToldSilences)
            await SilenceRows.ToldAsync(transaction, id, cancellationToken);
        foreach (var command in Commands)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM alarm_command WHERE id = @id", new { id = command.Id }, transaction, cancellationToken: cancellationToken));
        }
    }

    /// <summary>Table and columns of <see cref="HistoryRow"/>.</summary>
    public const string HistoryTable = "alarm_history (id, alarm_id, happened_at, ordinal, payload)";

    public static object[] HistoryRow(HistoryEntry entry, int ordinal) =>
    [
        Guid.NewGuid().ToString("N"), entry.AlarmId, entry.At.ToUnixTimeMilliseconds(), (long)ordinal, JsonSerializer.Serialize(entry, AlarmJson.Default.HistoryEntry),
    ];
}
