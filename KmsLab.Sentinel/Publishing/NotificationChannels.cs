namespace KmsLab.Sentinel.Publishing;

/// <summary>Makes the channels of one kind that the configuration names.</summary>
internal interface IChannelFactory
{
    IEnumerable<INotificationChannel> Create();
}

/// <summary>All channels: those that the configuration names, and those that were registered themselves.</summary>
internal sealed class NotificationChannels(IEnumerable<IChannelFactory> kinds, IEnumerable<INotificationChannel> registered)
{
    public IReadOnlyList<INotificationChannel> All { get; } = [.. registered, .. kinds.SelectMany(kind => kind.Create())];
}
