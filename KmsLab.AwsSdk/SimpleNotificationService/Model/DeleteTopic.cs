using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Deletes a topic with its subscriptions.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html</remarks>
public partial class DeleteTopicRequest : AmazonSimpleNotificationServiceRequest
{
    public string TopicArn { get; set; }
}

/// <summary>The topic was deleted.</summary>
public partial class DeleteTopicResponse : AmazonWebServiceResponse
{
}
