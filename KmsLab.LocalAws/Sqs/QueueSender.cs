using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Puts messages into queues: those of SendMessage, and what other services have to say.</summary>
internal sealed class QueueSender(QueueStore queues, QueueSignals signals, StateStore store, TimeProvider time)
{
    /// <summary>Whether there is such a queue.</summary>
    public bool Exists(string arn) => queues.Find(arn) is not null;

    /// <summary>Sends what another service has to say. A queue that is gone loses it.</summary>
    /// <param name="arn">The queue.</param>
    /// <param name="body">The message.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="sender">The unique id of the service's role.</param>
    /// <param name="group">Its message group.</param>
    /// <returns>Completes when the message is on disk; null: there is no such queue, or the message is too long for it.</returns>
    public Task? TrySend(string arn, string body, Dictionary<string, MessageAttributeValue>? attributes, string sender, string? group = null) =>
        queues.Find(arn) is { } queue && MessageRules.SizeOf(body, attributes) <= queue.MaxMessageSize
            ? Send(queue, new(Guid.NewGuid().ToString(), body, attributes, sender, null, group), queue.Delay)
            : null;

    /// <summary>Sends a message that was checked.</summary>
    public Task Send(Queue queue, NewMessage message, TimeSpan delay) => store.Enqueue(session =>
    {
        MessageTable.Add(session, queue.Key, message, time.GetUtcNow(), delay);
        signals.Raise(queue.Key);
    });
}
