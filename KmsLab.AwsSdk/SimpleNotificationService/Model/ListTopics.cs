using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Lists topics, 100 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html</remarks>
public partial class ListTopicsRequest : AmazonSimpleNotificationServiceRequest
{
    public string NextToken { get; set; }
}

/// <summary>A page of topics.</summary>
public partial class ListTopicsResponse : AmazonWebServiceResponse
{
    public string NextToken { get; set; }

    public List<Topic> Topics { get; set; } = AWSConfigs.InitializeCollections ? new List<Topic>() : null;
}

/// <summary>A topic.</summary>
public partial class Topic
{
    public string TopicArn { get; set; }
}
