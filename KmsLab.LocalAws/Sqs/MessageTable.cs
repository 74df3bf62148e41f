using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Sqs;

/// <summary>The messages of all queues, in the state file. Runs on the writer's thread, so that sends, receives and deletes have one order.</summary>
/// <remarks>A message is visible, in flight or delayed by one instant, <c>visible</c>: until then nobody receives it.</remarks>
internal static class MessageTable
{
    private const string Columns = "id, message_id, body, attributes, sender, sent, received, first_received, source, trace, message_group";

    /// <summary>Adds a message.</summary>
    public static void Add(WriteSession session, string queue, NewMessage message, DateTimeOffset now, TimeSpan delay) => session.Execute(
        "INSERT INTO sqs_messages (queue, message_id, body, attributes, sender, sent, visible, received, trace, message_group) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
        queue, message.Id, message.Body, message.Attributes is { Count: > 0 } attributes ? JsonSerializer.SerializeToUtf8Bytes(attributes, MessageJson.Default.Attributes) : null,
        message.Sender, now.ToUnixTimeMilliseconds(), (now + delay).ToUnixTimeMilliseconds(), message.Trace, message.Group);

    /// <summary>Takes visible messages into flight, oldest first. What was received too often goes to the dead-letter queue instead.</summary>
    /// <param name="session">The writer's.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="deadLetters">The dead-letter queue's key; null: there is none.</param>
    /// <param name="max">So many at most.</param>
    /// <param name="now">The time.</param>
    /// <param name="timeout">How long they are in flight.</param>
    /// <returns>What was received, and whether something went to the dead-letter queue.</returns>
    public static (List<StoredMessage> Received, bool HasMoved) Receive(WriteSession session, Queue queue, string? deadLetters, int max, DateTimeOffset now, TimeSpan timeout)
    {
        RemoveExpired(session, queue, now);
        List<StoredMessage> received = [];
        var hasMoved = false;
        var at = now.ToUnixTimeMilliseconds();
        while (received.Count < max)
        {
            var found = session.Query(
                $"SELECT {Columns} FROM sqs_messages WHERE queue = $1 AND visible <= $2 ORDER BY visible, id LIMIT $3", Read, queue.Key, at, max - received.Count);
            if (found.Count == 0)
                break;
            foreach (var message in found)
            {
                if (deadLetters is not null && message.Received >= queue.Redrive!.MaxReceiveCount)
                {
                    session.Execute("UPDATE sqs_messages SET queue = $1, visible = $2, source = $3 WHERE id = $4", deadLetters, at, queue.Arn, message.Id);
                    hasMoved = true;
                    continue;
                }

                var until = (now + timeout).ToUnixTimeMilliseconds();
                session.Execute(
                    "UPDATE sqs_messages SET visible = $1, received = received + 1, first_received = coalesce(first_received, $2) WHERE id = $3", until, at, message.Id);
                received.Add(message with { Received = message.Received + 1, FirstReceived = message.FirstReceived ?? at });
            }

            // With a timeout of nothing the same ones would come again.
            if (timeout == TimeSpan.Zero && received.Count > 0)
                break;
        }

        return (received, hasMoved);
    }

    /// <summary>When the next message of a queue becomes visible; null: there is none.</summary>
    public static long? NextVisible(WriteSession session, string queue) => (long?)session.Scalar("SELECT visible FROM sqs_messages WHERE queue = $1 ORDER BY visible LIMIT 1", queue);

    /// <summary>Removes a message. One that is not there any more is no error.</summary>
    public static void Delete(WriteSession session, string queue, long id) => session.Execute("DELETE FROM sqs_messages WHERE id = $1 AND queue = $2", id, queue);

    /// <summary>Changes until when a message in flight is not seen.</summary>
    /// <returns>Whether it is in flight.</returns>
    public static bool ChangeVisibility(WriteSession session, string queue, long id, DateTimeOffset now, TimeSpan timeout) => session.Execute(
        "UPDATE sqs_messages SET visible = $1 WHERE id = $2 AND queue = $3 AND received > 0 AND visible > $4",
        (now + timeout).ToUnixTimeMilliseconds(), id, queue, now.ToUnixTimeMilliseconds()) > 0;

    /// <summary>Removes all messages of a queue.</summary>
    public static void Purge(WriteSession session, string queue) => session.Execute("DELETE FROM sqs_messages WHERE queue = $1", queue);

    /// <summary>Removes what a queue has kept for longer than it keeps messages.</summary>
    public static void RemoveExpired(WriteSession session, Queue queue, DateTimeOffset now) =>
        session.Execute("DELETE FROM sqs_messages WHERE queue = $1 AND sent < $2", queue.Key, (now - queue.Retention).ToUnixTimeMilliseconds());

    /// <summary>How many messages are visible, in flight and delayed.</summary>
    public static (long Visible, long InFlight, long Delayed) Count(WriteSession session, Queue queue, DateTimeOffset now) => session.Query(
        """
        SELECT coalesce(sum(visible <= $2), 0), coalesce(sum(visible > $2 AND received > 0), 0), coalesce(sum(visible > $2 AND received = 0), 0)
        FROM sqs_messages WHERE queue = $1 AND sent >= $3
        """,
        row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), queue.Key, now.ToUnixTimeMilliseconds(), (now - queue.Retention).ToUnixTimeMilliseconds())[0];

    private static StoredMessage Read(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2),
        row.IsDBNull(3) ? [] : JsonSerializer.Deserialize(row.Blob(3), MessageJson.Default.Attributes)!,
        row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.LongOrNull(7), row.TextOrNull(8), row.TextOrNull(9), row.TextOrNull(10));
}

/// <summary>A message that is sent.</summary>
/// <param name="Id">Its message id.</param>
/// <param name="Body">Its text.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Sender">The unique id of who sends it.</param>
/// <param name="Trace">The attribute <c>AWSTraceHeader</c>.</param>
/// <param name="Group">Its group, which a standard queue keeps and shows.</param>
internal sealed record NewMessage(string Id, string Body, Dictionary<string, MessageAttributeValue>? Attributes, string Sender, string? Trace, string? Group);

/// <summary>A message as it lies in a queue. Times are Unix milliseconds.</summary>
internal sealed record StoredMessage(
    long Id, string MessageId, string Body, Dictionary<string, MessageAttributeValue> Attributes, string Sender, long Sent, long Received, long? FirstReceived, string? Source, string? Trace, string? Group);

/// <summary>The table of messages.</summary>
internal sealed class SqsSchema : IStateSchema
{
    public string Name => "sqs";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE sqs_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            message_id TEXT NOT NULL,
            body TEXT NOT NULL,
            attributes BLOB,
            sender TEXT NOT NULL,
            sent INTEGER NOT NULL,
            visible INTEGER NOT NULL,
            received INTEGER NOT NULL,
            first_received INTEGER,
            source TEXT,
            trace TEXT);
        CREATE INDEX sqs_messages_visible ON sqs_messages (queue, visible, id);
        CREATE INDEX sqs_messages_sent ON sqs_messages (queue, sent);
        """,
        "ALTER TABLE sqs_messages ADD COLUMN message_group TEXT;",
    ];
}

[JsonSerializable(typeof(Dictionary<string, MessageAttributeValue>), TypeInfoPropertyName = "Attributes")]
internal sealed partial class MessageJson : JsonSerializerContext;
