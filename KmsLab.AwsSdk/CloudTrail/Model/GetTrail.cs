using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Reads a trail's settings.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrail.html</remarks>
public partial class GetTrailRequest : AmazonCloudTrailRequest
{
    /// <summary>A name or an ARN.</summary>
    public string Name { get; set; }
}

/// <summary>The trail's settings.</summary>
public partial class GetTrailResponse : AmazonWebServiceResponse
{
    public Trail Trail { get; set; }
}
