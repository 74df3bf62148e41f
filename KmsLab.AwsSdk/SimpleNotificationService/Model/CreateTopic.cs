using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>Creates a topic, or finds the one of that name.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html</remarks>
public partial class CreateTopicRequest : AmazonSimpleNotificationServiceRequest
{
    public Dictionary<string, string> Attributes { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, string>() : null;

    public string DataProtectionPolicy { get; set; }

    public string Name { get; set; }

    public List<Tag> Tags { get; set; } = AWSConfigs.InitializeCollections ? new List<Tag>() : null;
}

/// <summary>The topic.</summary>
public partial class CreateTopicResponse : AmazonWebServiceResponse
{
    public string TopicArn { get; set; }
}

/// <summary>A tag.</summary>
public partial class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}
