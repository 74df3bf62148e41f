using System.Text.Json;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;

namespace KmsLab.Sentinel.Publishing.Sns;

/// <summary>Tells an SNS topic. Severity, detection and state come as message attributes, for the filter policies of subscriptions.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_Publish.html</remarks>
internal sealed class SnsChannel(IAmazonSimpleNotificationService sns, SnsOptions options, MessageWriter messages) : INotificationChannel
{
    // A message with its attributes has at most 256 KB; the attributes are far shorter than the difference.
    private const int MaxMessage = (256 * 1024) - 4096;

    // "Must be less than 100 characters long", ASCII, without line breaks and control characters.
    private const int MaxSubject = 99;
    private const string Accented = "áéíóúüñÁÉÍÓÚÜÑ";
    private const string Plain = "aeiouunAEIOUUN";

    public string Name => "sns";

    public Severity MinimumSeverity => options.MinimumSeverity;

    public async Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        try
        {
            await sns.PublishAsync(RequestOf(notification), cancellationToken);
            return SendOutcome.Sent;
        }
        catch (Exception refused) when (refused is InvalidParameterException or InvalidParameterValueException)
        {
            return SendOutcome.Refused(refused.Message);
        }
        // A topic that is missing, or that lacks the right or the key policy, is somebody's to repair: better late than lost.
        catch (AmazonServiceException failed)
        {
            return SendOutcome.Failed($"{failed.ErrorCode}: {failed.Message}");
        }
        catch (Exception failed) when (failed is AmazonClientException or HttpRequestException)
        {
            return SendOutcome.Failed("SNS can't be reached.");
        }
    }

    /// <summary>The headline in what a subject of SNS allows: ASCII.</summary>
    public static string Subject(string headline)
    {
        var ascii = string.Concat(headline.Select(c => c is >= ' ' and <= '~' ? c : Accented.IndexOf(c, StringComparison.Ordinal) is >= 0 and var letter ? Plain[letter] : '?'));
        return ascii.Length <= MaxSubject ? ascii : ascii[..(MaxSubject - 3)] + "...";
    }

    private PublishRequest RequestOf(Notification notification)
    {
        var request = new PublishRequest
        {
            TopicArn = options.TopicArn,
            Subject = Subject(messages.Of(notification).Headline),
            Message = NotificationText.Fit(notification, each => options.Format == SnsFormat.Text ? messages.Text(each) : ForEachProtocol(messages.Of(each)), MaxMessage),
            MessageStructure = options.Format == SnsFormat.Text ? null : "json",
            MessageAttributes = new()
            {
                ["severity"] = Attribute(NotificationText.Lower(notification.Severity)),
                ["detection"] = Attribute(notification.Detection),
                ["state"] = Attribute(NotificationText.WordOf(notification.State)),
                ["news"] = Attribute(notification.News is not null ? "true" : "false"),
                ["reminder"] = Attribute(notification.Reminder > 0 ? "true" : "false"),
            },
        };
        // A FIFO topic keeps an alarm's messages in order, and drops one that comes again within five minutes.
        if (options.TopicArn.EndsWith(".fifo", StringComparison.Ordinal))
            (request.MessageGroupId, request.MessageDeduplicationId) = (notification.AlarmId, notification.Id);
        return request;
    }

    private static string ForEachProtocol(Message message) => JsonSerializer.Serialize(
        new SortedDictionary<string, string>
        {
            ["default"] = NotificationText.Json(message),
            ["email"] = NotificationText.Body(message),
            ["sms"] = message.Headline,
        },
        MessageJson.Default.SortedDictionaryStringString);

    private static MessageAttributeValue Attribute(string value) => new() { DataType = "String", StringValue = value };
}
