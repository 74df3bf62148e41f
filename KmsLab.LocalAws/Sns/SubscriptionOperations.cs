using System.Net;
using System.Security.Cryptography;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Sns;

/// <summary>The operations on subscriptions.</summary>
internal sealed class SubscriptionOperations(SnsStore store, TopicOperations topics, SnsPublisher publisher, IOptions<SnsOptions> options)
{
    public SubscriptionArnAnswer Subscribe(AwsCall call, SubscribeRequest request)
    {
        var protocol = request.Protocol!;
        var endpoint = request.Endpoint ?? "";
        CheckEndpoint(protocol, endpoint);
        var attributes = request.Attributes ?? [];
        foreach (var (name, value) in attributes)
            CheckAttribute(name, value, protocol);
        var topic = topics.Find(call, request.TopicArn!);

        var (subscription, added, committed) = store.Add(new()
        {
            Arn = $"{topic.Arn}:{Guid.NewGuid()}",
            TopicArn = topic.Arn,
            Owner = call.Account,
            Protocol = protocol,
            Endpoint = endpoint,
            Confirmed = protocol is "sms" or "sqs",
            Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(64)),
            Attributes = attributes,
        });
        if (!added && attributes.Any(a => subscription.Attributes.GetValueOrDefault(a.Key) != a.Value))
            throw SnsErrors.Invalid("Attributes Reason: Subscription already exists with different attributes");
        call.AnswerAfter(committed);
        if (!subscription.Confirmed)
            call.AnswerAfter(publisher.AskToConfirm(subscription));
        return new() { SubscriptionArn = subscription.Confirmed || request.ReturnSubscriptionArn == true ? subscription.Arn : "pending confirmation" };
    }

    public SubscriptionArnAnswer ConfirmSubscription(AwsCall call, ConfirmSubscriptionRequest request)
    {
        var subscription = store.Subscriptions(s => s.TopicArn == request.TopicArn && s.Token == request.Token).FirstOrDefault()
            ?? throw SnsErrors.Invalid("Token");
        var onlySigned = "true".Equals(request.AuthenticateOnUnsubscribe, StringComparison.OrdinalIgnoreCase);
        if (onlySigned)
            RefuseUnsigned(call);
        if (store.ChangeSubscription(subscription.Arn, s => s with { Confirmed = true, IsEndedBySignedCalls = onlySigned }) is { } changed)
            call.AnswerAfter(changed.Committed);
        return new() { SubscriptionArn = subscription.Arn };
    }

    public NoOutput Unsubscribe(AwsCall call, UnsubscribeRequest request)
    {
        if (string.IsNullOrEmpty(request.SubscriptionArn))
            throw SnsErrors.Invalid("SubscriptionArn Reason: no value for required parameter");
        CheckArn(request.SubscriptionArn);
        // Deleting one that is not there is no error, as in AWS.
        if (store.Subscription(request.SubscriptionArn) is { } subscription)
        {
            if (subscription.IsEndedBySignedCalls)
                RefuseUnsigned(call);
            call.AnswerAfter(store.RemoveSubscription(subscription));
        }

        return NoOutput.Instance;
    }

    public ListSubscriptionsResponse ListSubscriptions(AwsCall call, ListRequest request) =>
        List(store.Subscriptions(subscription => SnsStore.ScopeOf(subscription.Arn) == call.Scope), request.NextToken);

    public ListSubscriptionsResponse ListSubscriptionsByTopic(AwsCall call, ListSubscriptionsByTopicRequest request)
    {
        var topic = topics.Find(call, request.TopicArn!);
        return List(store.Subscriptions(subscription => subscription.TopicArn == topic.Arn), request.NextToken);
    }

    public AttributesResponse GetSubscriptionAttributes(AwsCall call, SubscriptionArnRequest request)
    {
        var subscription = Find(request.SubscriptionArn!);
        Dictionary<string, string> attributes = new(subscription.Attributes)
        {
            ["SubscriptionArn"] = subscription.Arn,
            ["TopicArn"] = subscription.TopicArn,
            ["Owner"] = subscription.Owner,
            ["Protocol"] = subscription.Protocol,
            ["Endpoint"] = subscription.Endpoint,
            ["PendingConfirmation"] = subscription.Confirmed ? "false" : "true",
            // Nobody is asked to confirm a text message's number, nor a queue of one's own account.
            ["ConfirmationWasAuthenticated"] = subscription.IsEndedBySignedCalls || subscription.Protocol is "sms" or "sqs" ? "true" : "false",
            ["SubscriptionPrincipal"] = call.Caller.StableArn,
        };
        attributes.TryAdd("RawMessageDelivery", "false");
        if (attributes.ContainsKey("FilterPolicy"))
            attributes.TryAdd("FilterPolicyScope", "MessageAttributes");
        return new() { Attributes = attributes };
    }

    public NoOutput SetSubscriptionAttributes(AwsCall call, SetSubscriptionAttributesRequest request)
    {
        var subscription = Find(request.SubscriptionArn!);
        var value = request.AttributeValue ?? "";
        CheckAttribute(request.AttributeName!, value, subscription.Protocol);
        var changed = store.ChangeSubscription(subscription.Arn, s => s with { Attributes = new(s.Attributes) { [request.AttributeName!] = value } })
            ?? throw SnsErrors.NotFound("Subscription");
        call.AnswerAfter(changed.Committed);
        return NoOutput.Instance;
    }

    private static void RefuseUnsigned(AwsCall call)
    {
        if (call.Caller.IsAnonymous)
            throw new AwsException("AuthorizationErrorException", "Access Denied", StatusCodes.Status403Forbidden) { QueryCode = "AuthorizationError" };
    }

    private SubscriptionRecord Find(string arn)
    {
        CheckArn(arn);
        return store.Subscription(arn) ?? throw SnsErrors.NotFound("Subscription");
    }

    private static void CheckArn(string arn)
    {
        SnsErrors.CheckArn("SubscriptionArn", arn);
        if (arn.Split(':').Length != 7)
            throw SnsErrors.Invalid("SubscriptionArn");
    }

    private static ListSubscriptionsResponse List(List<SubscriptionRecord> subscriptions, string? token)
    {
        var (page, next) = TopicOperations.Page(subscriptions, token);
        return new() { Subscriptions = [.. page.Select(subscription => subscription.ToShape())], NextToken = next };
    }

    private void CheckEndpoint(string protocol, string endpoint)
    {
        switch (protocol)
        {
            case "http" or "https":
                if (!endpoint.StartsWith(protocol + "://", StringComparison.Ordinal) || !Uri.TryCreate(endpoint, UriKind.Absolute, out var url))
                    throw SnsErrors.Invalid("Endpoint must match the specified protocol");
                if (!options.Value.AllowRemoteEndpoints && !IsLoopback(url))
                    throw SnsErrors.Invalid($"KmsLab LocalAws delivers to this machine only, and {url.Host} is not it. Set LocalAws:Sns:AllowRemoteEndpoints=true");
                break;
            case "email" or "email-json":
                if (endpoint.Length > 320 || endpoint.Split('@') is not [{ Length: > 0 }, { Length: > 0 }])
                    throw SnsErrors.Invalid("Email address");
                break;
            case "sms":
                if (!PhoneNumber.IsValid(endpoint))
                    throw new AwsException("InvalidParameterException", $"Invalid SMS endpoint: {endpoint}") { QueryCode = "InvalidParameter" };
                break;
            case "sqs":
                if (endpoint.Split(':') is not ["arn", _, "sqs", { Length: > 0 }, { Length: > 0 }, { Length: > 0 }])
                    throw SnsErrors.Invalid("SQS endpoint ARN");
                break;
            case "lambda" or "application" or "firehose":
                throw SnsErrors.Invalid($"KmsLab LocalAws doesn't serve subscriptions of the protocol {protocol}");
            default:
                throw SnsErrors.Invalid($"Amazon SNS does not support this protocol string: {protocol}");
        }
    }

    private static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static void CheckAttribute(string name, string value, string protocol)
    {
        switch (name)
        {
            case "RawMessageDelivery":
                if (value is not ("true" or "false"))
                    throw SnsErrors.Invalid("Attributes Reason: RawMessageDelivery: Invalid value [" + value + "]. Must be true or false.");
                if (value == "true" && protocol is not ("http" or "https" or "sqs"))
                    throw SnsErrors.Invalid($"Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery.");
                break;
            case "FilterPolicy":
                if (value.Length > 0)
                    FilterPolicy.Parse(value);
                break;
            case "FilterPolicyScope" when value == "MessageAttributes":
                break;
            case "FilterPolicyScope":
                throw SnsErrors.Invalid("KmsLab LocalAws filters by MessageAttributes only");
            case "DeliveryPolicy" or "SubscriptionRoleArn":
                break;
            case "RedrivePolicy" or "ReplayPolicy":
                throw SnsErrors.Invalid($"KmsLab LocalAws doesn't serve {name}");
            default:
                throw SnsErrors.Invalid("AttributeName");
        }
    }
}
