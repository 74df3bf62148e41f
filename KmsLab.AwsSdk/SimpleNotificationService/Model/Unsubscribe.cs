using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Deletes a subscription.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html</remarks>
public partial class UnsubscribeRequest : AmazonSimpleNotificationServiceRequest
{
    public string SubscriptionArn { get; set; }
}

/// <summary>The subscription was deleted.</summary>
public partial class UnsubscribeResponse : AmazonWebServiceResponse
{
}
