using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Languages;

namespace KmsLab.Sentinel.Publishing.Messages;

/// <summary>
/// Makes messages of notifications, in the language of <c>Sentinel:Notifications:Language</c> and with links to the page that <c>PageUrl</c> there names.
/// </summary>
internal sealed class MessageWriter(NotificationOptions options)
{
    private readonly Uri? _page = options.PageUrl.Length > 0 ? new(options.PageUrl) : null;

    private readonly Texts _texts = Texts.In(options.Language);

    public Message Of(Notification notification) => Message.Of(notification, _page, _texts);

    /// <summary>All that matters, in lines.</summary>
    public string Text(Notification notification) => NotificationText.Body(Of(notification));
}
