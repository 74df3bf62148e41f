using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Confirms a subscription with the token that its endpoint got.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html</remarks>
public partial class ConfirmSubscriptionRequest : AmazonSimpleNotificationServiceRequest
{
    public string AuthenticateOnUnsubscribe { get; set; }

    public string Token { get; set; }

    public string TopicArn { get; set; }
}

/// <summary>The subscription.</summary>
public partial class ConfirmSubscriptionResponse : AmazonWebServiceResponse
{
    public string SubscriptionArn { get; set; }
}
