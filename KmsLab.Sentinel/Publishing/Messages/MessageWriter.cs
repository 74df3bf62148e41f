using KmsLab.Sentinel.Alarms;

namespace KmsLab.Sentinel.Publishing.Messages;

/// <summary>Makes messages of notifications, with links to the page that <c>Sentinel:Notifications:PageUrl</c> names.</summary>
internal sealed class MessageWriter(NotificationOptions options)
{
    private readonly Uri? _page = options.PageUrl.Length > 0 ? new(options.PageUrl) : null;

    public Message Of(Notification notification) => Message.Of(notification, _page);

    /// <summary>All that matters, in lines.</summary>
    public string Text(Notification notification) => NotificationText.Body(Of(notification));
}
