using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Lists the subscriptions of a topic, 100 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html</remarks>
public partial class ListSubscriptionsByTopicRequest : AmazonSimpleNotificationServiceRequest
{
    public string NextToken { get; set; }

    public string TopicArn { get; set; }
}

/// <summary>A page of subscriptions.</summary>
public partial class ListSubscriptionsByTopicResponse : AmazonWebServiceResponse
{
    public string NextToken { get; set; }

    public List<Subscription> Subscriptions { get; set; } = AWSConfigs.InitializeCollections ? new List<Subscription>() : null;
}

/// <summary>A subscription.</summary>
public partial class Subscription
{
    public string Endpoint { get; set; }

    public string Owner { get; set; }

    public string Protocol { get; set; }

    public string SubscriptionArn { get; set; }

    public string TopicArn { get; set; }
}
