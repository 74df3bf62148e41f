using System.Text.Json.Serialization;
using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Reads the settings of some trails, or of all in the Region.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html</remarks>
public partial class DescribeTrailsRequest : AmazonCloudTrailRequest
{
    /// <summary>True, the default: trails of other Regions that log this one as well.</summary>
    [JsonPropertyName("includeShadowTrails")]
    public bool? IncludeShadowTrails { get; set; }

    [JsonPropertyName("trailNameList")]
    public List<string> TrailNameList { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;
}

/// <summary>The trails' settings.</summary>
public partial class DescribeTrailsResponse : AmazonWebServiceResponse
{
    [JsonPropertyName("trailList")]
    public List<Trail> TrailList { get; set; } = AWSConfigs.InitializeCollections ? new List<Trail>() : null;
}
