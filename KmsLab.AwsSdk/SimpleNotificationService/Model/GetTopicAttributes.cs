using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Reads a topic's attributes.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html</remarks>
public partial class GetTopicAttributesRequest : AmazonSimpleNotificationServiceRequest
{
    public string TopicArn { get; set; }
}

/// <summary>The topic's attributes.</summary>
public partial class GetTopicAttributesResponse : AmazonWebServiceResponse
{
    public Dictionary<string, string> Attributes { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, string>() : null;
}
