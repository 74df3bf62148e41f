namespace KmsLab.Sentinel.Publishing;

/// <summary>A notification on its way to one channel.</summary>
/// <param name="Sequence">The notification's place in the outbox.</param>
/// <param name="Channel">The channel's name.</param>
/// <param name="NotificationId">The notification's id, the same for every channel and every attempt.</param>
/// <param name="AlarmId">Whose notification.</param>
/// <param name="Payload">The notification as JSON.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Attempts">How often it was tried before.</param>
internal sealed record Delivery(long Sequence, string Channel, string NotificationId, string AlarmId, string Payload, DateTimeOffset CreatedAt, long Attempts);

/// <summary>What became of a delivery.</summary>
internal enum DeliveryState
{
    /// <summary>To be sent.</summary>
    Pending,

    /// <summary>Sent, and marked so.</summary>
    Sent,

    /// <summary>Not sent, and not tried again.</summary>
    GaveUp,
}

/// <summary>How it goes with a channel's deliveries, as far as they are kept.</summary>
internal sealed record ChannelBacklog(string Channel, long Pending, long Failing, long GaveUp, DateTimeOffset? OldestPending, DateTimeOffset? LastSent, string? Problem);
