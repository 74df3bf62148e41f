namespace KmsLab.Sentinel.Publishing.Sns;

/// <summary>Tells the topic of <c>Sentinel:Notifications:Sns</c>, if there is one.</summary>
internal sealed class SnsChannels(NotificationOptions options, IServiceProvider services) : IChannelFactory
{
    public IEnumerable<INotificationChannel> Create() =>
        options.Sns.TopicArn.Length > 0 ? [ActivatorUtilities.CreateInstance<SnsChannel>(services, options.Sns)] : [];
}
