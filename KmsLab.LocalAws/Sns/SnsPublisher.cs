using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Sqs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace KmsLab.LocalAws.Sns;

/// <summary>Takes a message to the subscriptions of its topic: to the mailbox, into a queue, or out over HTTP.</summary>
internal sealed class SnsPublisher(SnsStore store, HttpDelivery http, Mailbox mailbox, QueueSender queues, IServer server, TimeProvider time)
{
    /// <summary>Delivers to every confirmed subscription whose filter policy matches.</summary>
    /// <returns>Completes when the mails and the queues' messages are on disk; HTTP goes on in the background.</returns>
    public Task Deliver(Publication publication)
    {
        var last = Task.CompletedTask;
        foreach (var subscription in store.Subscriptions(s => s.TopicArn == publication.TopicArn && s.Confirmed))
        {
            if (subscription.Attributes.GetValueOrDefault("FilterPolicy") is { Length: > 0 } policy && !FilterPolicy.Parse(policy).Matches(publication.Attributes))
                continue;
            last = Deliver(publication, subscription) ?? last;
        }

        return last;
    }

    /// <summary>A text message straight to a number.</summary>
    public Task Text(Publication publication, string number) => mailbox.Put("sms", number, null, publication.Subject, publication.MessageFor("sms"));

    /// <summary>Whether there is such a topic.</summary>
    public bool Exists(string topicArn) => store.Topic(topicArn) is not null;

    /// <summary>Publishes what another service has to say, such as an alarm.</summary>
    /// <returns>Why it could not; null if it could.</returns>
    public string? TryPublish(string topicArn, string subject, string message)
    {
        if (store.Topic(topicArn) is null)
            return "Topic does not exist";
        Deliver(Publication.Of(topicArn, message, subject, null, null, time.GetUtcNow()));
        return null;
    }

    /// <summary>Asks an endpoint to confirm its subscription.</summary>
    public Task AskToConfirm(SubscriptionRecord subscription)
    {
        var messageId = Guid.NewGuid().ToString();
        var text = Notification.Confirmation(subscription, messageId, time.GetUtcNow(), Endpoint);
        switch (subscription.Protocol)
        {
            case "http" or "https":
                http.Send(new(subscription, "SubscriptionConfirmation", messageId, text));
                return Task.CompletedTask;
            case "email-json":
                return mailbox.Put("email-json", subscription.Endpoint, subscription.TopicArn, "AWS Notification - Subscription Confirmation", text);
            default:
                return mailbox.Put(
                    "email", subscription.Endpoint, subscription.TopicArn, "AWS Notification - Subscription Confirmation",
                    $"You have chosen to subscribe to the topic:\n{subscription.TopicArn}\n\nTo confirm this subscription, visit:\n{Notification.ConfirmationUrl(subscription, Endpoint)}\n");
        }
    }

    private Task? Deliver(Publication publication, SubscriptionRecord subscription)
    {
        switch (subscription.Protocol)
        {
            case "http" or "https" when subscription.IsRaw:
                http.Send(new(subscription, "Notification", publication.MessageId, publication.MessageFor(subscription.Protocol), IsRaw: true));
                return null;
            case "http" or "https":
                http.Send(new(subscription, "Notification", publication.MessageId, Notification.Of(publication, subscription, Endpoint)));
                return null;
            case "sqs" when subscription.IsRaw:
                return queues.TrySend(subscription.Endpoint, publication.MessageFor("sqs"), RawAttributes(publication), Sender, publication.Group);
            case "sqs":
                return queues.TrySend(subscription.Endpoint, Notification.Of(publication, subscription, Endpoint), null, Sender, publication.Group);
            case "email-json":
                return mailbox.Put("email-json", subscription.Endpoint, publication.TopicArn, publication.Subject ?? "AWS Notification Message", Notification.Of(publication, subscription, Endpoint));
            default:
                return mailbox.Put(subscription.Protocol, subscription.Endpoint, publication.TopicArn, publication.Subject ?? (subscription.Protocol == "sms" ? null : "AWS Notification Message"), publication.MessageFor(subscription.Protocol));
        }
    }

    /// <summary>The unique id of the service that sends.</summary>
    private static string Sender { get; } = Principal.UniqueId("AIDA", "sns.amazonaws.com");

    private static Dictionary<string, Sqs.MessageAttributeValue> RawAttributes(Publication publication) => publication.Attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => new Sqs.MessageAttributeValue { DataType = attribute.Value.DataType, StringValue = attribute.Value.StringValue, BinaryValue = attribute.Value.BinaryValue });

    /// <summary>Where this endpoint listens, for the links in its messages.</summary>
    private Uri Endpoint => Uri.TryCreate(
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal),
        UriKind.Absolute, out var url) ? url : new("http://localhost:4566");
}
