using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Tells the log.</summary>
internal sealed partial class LogChannel(NotificationOptions options, ILogger<LogChannel> logger) : INotificationChannel
{
    private const int EventIdsShown = 10;

    public const string ChannelName = "log";

    public string Name => ChannelName;

    public Severity MinimumSeverity => options.LogMinimumSeverity;

    public Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var group = string.Join(", ", notification.Group.Select(member => $"{member.Key} {member.Value}"));
        switch (notification.State)
        {
            case AlarmState.Alarm:
                Log.Alarm(
                    logger, notification.News is not null ? "NEWS OF ALARM" : notification.Reminder > 0 ? "STILL ALARM" : "ALARM", notification.Detection, notification.Title, group, notification.Observed, notification.Window.TotalSeconds, notification.Threshold,
                    string.Join(", ", notification.Evidence.Take(EventIdsShown).Select(record => record.EventId)), notification.EvidenceTotal, notification.Id);
                break;
            case AlarmState.Ok:
                Log.Ok(logger, notification.Detection, group, notification.EvidenceTotal, notification.Id);
                break;
            default:
                Log.InsufficientData(logger, notification.Detection, group, notification.Id);
                break;
        }

        return Task.FromResult(SendOutcome.Sent);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message =
            "{State} {Detection}: {Title}. {Group}: {Observed} within {WindowSeconds} s (threshold {Threshold}). Evidence: {EventIds}, {EvidenceTotal} in all. [{NotificationId}]")]
        public static partial void Alarm(
            ILogger logger, string state, string detection, string title, string group, long observed, double windowSeconds, long threshold, string eventIds, long evidenceTotal, string notificationId);

        [LoggerMessage(Level = LogLevel.Information, Message = "OK {Detection}: {Group} is quiet again after {EvidenceTotal} records. [{NotificationId}]")]
        public static partial void Ok(ILogger logger, string detection, string group, long evidenceTotal, string notificationId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "INSUFFICIENT_DATA {Detection}: {Group}: the trail can't be read, so nobody knows whether it is over. [{NotificationId}]")]
        public static partial void InsufficientData(ILogger logger, string detection, string group, string notificationId);
    }
}
