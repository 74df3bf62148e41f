using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Sets which events a trail logs: basic selectors or advanced ones, never both.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html</remarks>
public partial class PutEventSelectorsRequest : AmazonCloudTrailRequest
{
    public List<AdvancedEventSelector> AdvancedEventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<AdvancedEventSelector>() : null;

    public List<EventSelector> EventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<EventSelector>() : null;

    /// <summary>A name or an ARN.</summary>
    public string TrailName { get; set; }
}

/// <summary>The selectors as they are now.</summary>
public partial class PutEventSelectorsResponse : AmazonWebServiceResponse
{
    public List<AdvancedEventSelector> AdvancedEventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<AdvancedEventSelector>() : null;

    public List<EventSelector> EventSelectors { get; set; } = AWSConfigs.InitializeCollections ? new List<EventSelector>() : null;

    public string TrailARN { get; set; }
}
