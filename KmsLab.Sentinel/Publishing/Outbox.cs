using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing.Routing;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Notifications on their way to the channels: the tables <c>outbox</c> and <c>delivery</c>.</summary>
internal sealed class Outbox(ChannelRoutes routes, OutboxSignal signal, SentinelMetrics metrics, TurnOptions turns) : ITurnPart, IOutbox
{
    private readonly List<(Notification Notification, DateTimeOffset At)> _new = [];
    private DateTimeOffset _now;

    public bool HasChanges => _new.Count > 0;

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _now = now;
        return Task.CompletedTask;
    }

    public void Add(Notification notification) => _new.Add((notification, _now));

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (_new.Count == 0)
            return;

        var sequence = 1 + await transaction.Connection!.ExecuteScalarAsync<long>(
            new CommandDefinition("SELECT COALESCE(MAX(sequence), 0) FROM outbox", transaction: transaction, cancellationToken: cancellationToken));
        await RowWriter.InsertAsync(
            transaction, "outbox (sequence, id, payload, created_at)", "",
            _new.Select((row, index) => new object[]
            {
                sequence + index, row.Notification.Id, JsonSerializer.Serialize(row.Notification, AlarmJson.Default.Notification), row.At.ToUnixTimeMilliseconds(),
            }),
            cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "delivery (sequence, channel, alarm_id, state, attempts, due_at)", "",
            _new.SelectMany((row, index) => routes.For(row.Notification).Select(channel => new object[]
            {
                sequence + index, channel, row.Notification.AlarmId, nameof(DeliveryState.Pending), 0L, row.At.ToUnixTimeMilliseconds(),
            })),
            cancellationToken);
    }

    public void Committed()
    {
        foreach (var (notification, _) in _new.Where(row => row.Notification.AcknowledgedBy is null))
            metrics.AlarmChanged(notification.Detection, notification.State.ToString());
        if (_new.Count > 0)
            signal.Set();
        _new.Clear();
    }

    /// <summary>Deletes what was settled before the retention.</summary>
    public Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM delivery WHERE settled_at < @floor;
            DELETE FROM outbox WHERE created_at < @floor AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.sequence = outbox.sequence);
            """,
            new { floor = (now - turns.Retention).ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);
}
