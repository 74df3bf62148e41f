using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Sets one attribute of a subscription.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html</remarks>
public partial class SetSubscriptionAttributesRequest : AmazonSimpleNotificationServiceRequest
{
    public string AttributeName { get; set; }

    public string AttributeValue { get; set; }

    public string SubscriptionArn { get; set; }
}

/// <summary>The attribute was set.</summary>
public partial class SetSubscriptionAttributesResponse : AmazonWebServiceResponse
{
}
