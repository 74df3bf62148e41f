using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Reads a subscription's attributes.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html</remarks>
public partial class GetSubscriptionAttributesRequest : AmazonSimpleNotificationServiceRequest
{
    public string SubscriptionArn { get; set; }
}

/// <summary>The subscription's attributes.</summary>
public partial class GetSubscriptionAttributesResponse : AmazonWebServiceResponse
{
    public Dictionary<string, string> Attributes { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, string>() : null;
}
