namespace KmsLab.Sentinel.Publishing.PagerDuty;

/// <summary>Tells each of <c>Sentinel:Notifications:PagerDuty</c>.</summary>
internal sealed class PagerDutyChannels(NotificationOptions options, IServiceProvider services) : IChannelFactory
{
    public IEnumerable<INotificationChannel> Create() =>
        options.PagerDuty.Select(one => ActivatorUtilities.CreateInstance<PagerDutyChannel>(services, one.Key, one.Value));
}
