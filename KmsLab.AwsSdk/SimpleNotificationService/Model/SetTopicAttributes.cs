using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Sets one attribute of a topic.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html</remarks>
public partial class SetTopicAttributesRequest : AmazonSimpleNotificationServiceRequest
{
    public string AttributeName { get; set; }

    public string AttributeValue { get; set; }

    public string TopicArn { get; set; }
}

/// <summary>The attribute was set.</summary>
public partial class SetTopicAttributesResponse : AmazonWebServiceResponse
{
}
