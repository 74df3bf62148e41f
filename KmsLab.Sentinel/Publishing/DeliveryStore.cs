using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Publishing;

/// <summary>The deliveries in the database. The turn that raises an alarm writes them (<see cref="Outbox"/>); here they are sent for and settled.</summary>
internal sealed class DeliveryStore(Database database, LeaderWrites writes)
{
    // What is sent in the millisecond of the turn that wrote it stands after all that the turn wrote.
    private const int AfterTheTurn = 1_000_000;

    /// <summary>
    /// What is to be sent through <paramref name="channel"/> now: of each alarm the oldest, so that its OK can't overtake its ALARM; the longest due first,
    /// so that one that fails again and again doesn't stand in the way of the others.
    /// </summary>
    public Task<IReadOnlyList<Delivery>> FindDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(long Sequence, string Id, string AlarmId, string Payload, long CreatedAt, long Attempts)>(new CommandDefinition(
                """
                SELECT d.sequence, o.id, d.alarm_id, o.payload, o.created_at, d.attempts
                FROM delivery d JOIN outbox o ON o.sequence = d.sequence
                WHERE d.state = 'Pending' AND d.channel = @channel AND d.due_at <= @now
                  AND NOT EXISTS (SELECT 1 FROM delivery e
                                  WHERE e.state = 'Pending' AND e.channel = d.channel AND e.alarm_id = d.alarm_id AND e.sequence < d.sequence)
                ORDER BY d.due_at, d.sequence LIMIT @limit
                """,
                new { channel, now = now.ToUnixTimeMilliseconds(), limit }, cancellationToken: cancellationToken));
            return (IReadOnlyList<Delivery>)[.. rows.Select(row =>
                new Delivery(row.Sequence, channel, row.Id, row.AlarmId, row.Payload, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt), row.Attempts))];
        },
        cancellationToken);

    /// <summary>Makes sure that this process still leads, right before it sends.</summary>
    /// <exception cref="NotLeadingException">It does not.</exception>
    public Task ConfirmLeadingAsync(CancellationToken cancellationToken) => writes.ConfirmAsync(cancellationToken);

    /// <summary>Marks a delivery as sent or given up, once.</summary>
    public Task SettleAsync(Delivery delivery, DeliveryState state, DateTimeOffset at, string? problem, CancellationToken cancellationToken) => writes.WriteAsync(
        async (connection, transaction) =>
        {
            var settled = await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE delivery SET state = @state, attempts = @attempts, settled_at = @at, problem = @problem
                WHERE sequence = @sequence AND channel = @channel AND state = 'Pending'
                """,
                new { sequence = delivery.Sequence, channel = delivery.Channel, state = state.ToString(), attempts = delivery.Attempts + 1, at = at.ToUnixTimeMilliseconds(), problem },
                transaction, cancellationToken: cancellationToken));
            if (settled == 1)
                await WriteHistoryAsync(transaction, delivery, state, at, problem, cancellationToken);
            return settled;
        },
        cancellationToken,
        repeatable: true);

    /// <summary>Notes a failed attempt.</summary>
    public Task PostponeAsync(Delivery delivery, DateTimeOffset dueAt, string? problem, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE delivery SET attempts = @attempts, due_at = @dueAt, problem = @problem WHERE sequence = @sequence AND channel = @channel AND state = 'Pending'",
        new { sequence = delivery.Sequence, channel = delivery.Channel, attempts = delivery.Attempts + 1, dueAt = dueAt.ToUnixTimeMilliseconds(), problem },
        cancellationToken);

    /// <summary>Gives up what was meant for a channel that is no longer configured.</summary>
    public async Task AbandonAsync(IReadOnlyCollection<string> channels, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var backlog in await ReadBacklogsAsync(cancellationToken))
        {
            if (backlog.Pending > 0 && !channels.Contains(backlog.Channel))
            {
                await ExecuteAsync(
                    "UPDATE delivery SET state = 'GaveUp', settled_at = @at, problem = 'The channel is no longer configured.' WHERE channel = @channel AND state = 'Pending'",
                    new { channel = backlog.Channel, at = at.ToUnixTimeMilliseconds() },
                    cancellationToken);
            }
        }
    }

    /// <summary>How it goes with each channel that has deliveries.</summary>
    public Task<IReadOnlyList<ChannelBacklog>> ReadBacklogsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(string Channel, long Pending, long Failing, long GaveUp, long? Oldest, long? LastSent)>(new CommandDefinition(
                """
                SELECT d.channel,
                       COUNT(CASE WHEN d.state = 'Pending' THEN 1 END), COUNT(CASE WHEN d.state = 'Pending' AND d.attempts > 0 THEN 1 END),
                       COUNT(CASE WHEN d.state = 'GaveUp' THEN 1 END),
                       MIN(CASE WHEN d.state = 'Pending' THEN o.created_at END), MAX(CASE WHEN d.state = 'Sent' THEN d.settled_at END)
                FROM delivery d JOIN outbox o ON o.sequence = d.sequence
                GROUP BY d.channel ORDER BY d.channel
                """,
                cancellationToken: cancellationToken));
            var problems = await connection.QueryAsync<(string Channel, string Problem)>(new CommandDefinition(
                "SELECT channel, problem FROM delivery WHERE problem IS NOT NULL AND state <> 'Sent' ORDER BY state DESC, sequence DESC LIMIT 1000", cancellationToken: cancellationToken));
            var latest = problems.DistinctBy(row => row.Channel).ToDictionary(row => row.Channel, row => row.Problem);
            return (IReadOnlyList<ChannelBacklog>)[.. rows.Select(row => new ChannelBacklog(
                row.Channel, row.Pending, row.Failing, row.GaveUp, Instant(row.Oldest), Instant(row.LastSent), latest.GetValueOrDefault(row.Channel)))];
        },
        cancellationToken);

    private static Task<int> WriteHistoryAsync(
        DbTransaction transaction, Delivery delivery, DeliveryState state, DateTimeOffset at, string? problem, CancellationToken cancellationToken)
    {
        var kind = state == DeliveryState.Sent ? HistoryKind.Sent : HistoryKind.GaveUp;
        var entry = new HistoryEntry(delivery.AlarmId, at, kind, delivery.Channel, NotificationId: delivery.NotificationId, Reason: problem);
        return RowWriter.InsertAsync(transaction, HandlingChanges.HistoryTable, "", [HandlingChanges.HistoryRow(entry, AfterTheTurn)], cancellationToken);
    }

    private static DateTimeOffset? Instant(long? at) => at is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);
}
