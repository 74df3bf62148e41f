using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Lists the tags of an alarm.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html</remarks>
public partial class ListTagsForResourceRequest : AmazonCloudWatchRequest
{
    public string ResourceARN { get; set; }
}

/// <summary>The tags.</summary>
public partial class ListTagsForResourceResponse : AmazonWebServiceResponse
{
    public List<Tag> Tags { get; set; } = AWSConfigs.InitializeCollections ? new List<Tag>() : null;
}
