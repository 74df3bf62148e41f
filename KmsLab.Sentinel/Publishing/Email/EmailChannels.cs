namespace KmsLab.Sentinel.Publishing.Email;

/// <summary>Tells each of <c>Sentinel:Notifications:Email</c>.</summary>
internal sealed class EmailChannels(NotificationOptions options, IServiceProvider services) : IChannelFactory
{
    public IEnumerable<INotificationChannel> Create() =>
        options.Email.Select(one => ActivatorUtilities.CreateInstance<EmailChannel>(services, one.Key, one.Value));
}
