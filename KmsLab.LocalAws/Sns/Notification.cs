using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KmsLab.LocalAws.Sns;

/// <summary>The JSON that SNS posts to endpoints.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. Only Amazon can sign as Amazon: the signature here says that there is none.
/// </remarks>
internal static class Notification
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public static string Of(Publication publication, SubscriptionRecord subscription, Uri endpoint)
    {
        var json = new JsonObject { ["Type"] = "Notification", ["MessageId"] = publication.MessageId, ["TopicArn"] = publication.TopicArn };
        if (publication.Subject is { } subject)
            json["Subject"] = subject;
        json["Message"] = publication.MessageFor(subscription.Protocol);
        json["Timestamp"] = Instant(publication.Time);
        Sign(json, endpoint);
        json["UnsubscribeURL"] = new Uri(endpoint, $"/?Action=Unsubscribe&SubscriptionArn={Uri.EscapeDataString(subscription.Arn)}").ToString();
        if (publication.Attributes.Count > 0)
        {
            json["MessageAttributes"] = new JsonObject(publication.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, (JsonNode?)new JsonObject
            {
                ["Type"] = attribute.Value.DataType,
                ["Value"] = attribute.Value.StringValue ?? Convert.ToBase64String(attribute.Value.BinaryValue ?? []),
            })));
        }

        return json.ToJsonString(Relaxed);
    }

    public static string Confirmation(SubscriptionRecord subscription, string messageId, DateTimeOffset time, Uri endpoint)
    {
        var json = new JsonObject
        {
            ["Type"] = "SubscriptionConfirmation",
            ["MessageId"] = messageId,
            ["Token"] = subscription.Token,
            ["TopicArn"] = subscription.TopicArn,
            ["Message"] = $"You have chosen to subscribe to the topic {subscription.TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
            ["SubscribeURL"] = ConfirmationUrl(subscription, endpoint),
            ["Timestamp"] = Instant(time),
        };
        Sign(json, endpoint);
        return json.ToJsonString(Relaxed);
    }

    public static string ConfirmationUrl(SubscriptionRecord subscription, Uri endpoint) =>
        new Uri(endpoint, $"/?Action=ConfirmSubscription&TopicArn={Uri.EscapeDataString(subscription.TopicArn)}&Token={subscription.Token}").ToString();

    private static void Sign(JsonObject json, Uri endpoint)
    {
        json["SignatureVersion"] = "1";
        json["Signature"] = "KmsLabLocalAwsDoesNotSign";
        json["SigningCertURL"] = new Uri(endpoint, "/_localaws/no-certificate.pem").ToString();
    }

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
