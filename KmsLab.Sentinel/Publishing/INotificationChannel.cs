using KmsLab.Sentinel.Alarms;

namespace KmsLab.Sentinel.Publishing;

/// <summary>A way to tell people.</summary>
internal interface INotificationChannel
{
    /// <summary>Sends a notification. It may be asked to send one again, with the same id.</summary>
    Task SendAsync(Notification notification, CancellationToken cancellationToken);
}
