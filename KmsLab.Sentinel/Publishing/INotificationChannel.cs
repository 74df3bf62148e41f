using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing;

/// <summary>A way to tell people.</summary>
internal interface INotificationChannel
{
    /// <summary>Its name in the outbox, the API and telemetry, such as <c>webhook:ops</c>: the same after every restart, and no secret.</summary>
    string Name { get; }

    /// <summary>It is told of alarms of this severity and above.</summary>
    Severity MinimumSeverity { get; }

    /// <summary>Tells that the receiver keeps an alarm open until it hears that it is over, and wants to hear that somebody has taken it on.</summary>
    bool KeepsOpen => false;

    /// <summary>
    /// Sends a notification. It may be asked to send one again, with the same id: after a crash, or when nobody knows whether it arrived.
    /// </summary>
    /// <remarks>An exception is a failure to be tried again, as <see cref="SendOutcome.Failed"/> is; its message is not shown to anybody.</remarks>
    Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken);
}
