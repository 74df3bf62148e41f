using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Notifications on their way to the channels: the tables <c>outbox</c> and <c>delivery</c>.</summary>
internal sealed class Outbox(ChannelRoutes routes, SentinelMetrics metrics, TurnOptions turns) : ITurnPart, IOutbox
{
    private readonly List<Notification> _turn = [];
    private DateTimeOffset _now;

    public bool HasChanges => _turn.Count > 0;

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _now = now;
        return Task.CompletedTask;
    }

    public void Add(Notification notification) => _turn.Add(notification);

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (_turn.Count == 0)
            return;

        var sequence = 1 + await transaction.Connection!.ExecuteScalarAsync<long>(
            new CommandDefinition("SELECT COALESCE(MAX(sequence), 0) FROM outbox", transaction: transaction, cancellationToken: cancellationToken));
        var now = _now.ToUnixTimeMilliseconds();
        await RowWriter.InsertAsync(
            transaction, "outbox (sequence, id, payload, created_at)", "",
            _turn.Select((notification, index) => new object[]
            {
                sequence + index, notification.Id, JsonSerializer.Serialize(notification, AlarmJson.Default.Notification), now,
            }),
            cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "delivery (sequence, channel, alarm_id, state, attempts, due_at)", "",
            _turn.SelectMany((notification, index) => routes.For(notification.Severity).Select(channel => new object[]
            {
                sequence + index, channel, notification.AlarmId, nameof(DeliveryState.Pending), 0L, now,
            })),
            cancellationToken);
    }

    public void Committed()
    {
        foreach (var notification in _turn)
            metrics.AlarmChanged(notification.Detection, notification.State.ToString());
        _turn.Clear();
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
