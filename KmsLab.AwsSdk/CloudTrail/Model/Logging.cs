using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Makes a trail log again.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html</remarks>
public partial class StartLoggingRequest : AmazonCloudTrailRequest
{
    /// <summary>A name or an ARN.</summary>
    public string Name { get; set; }
}

/// <summary>Nothing but the answer's own metadata.</summary>
public partial class StartLoggingResponse : AmazonWebServiceResponse;

/// <summary>Makes a trail log nothing.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html</remarks>
public partial class StopLoggingRequest : AmazonCloudTrailRequest
{
    /// <summary>A name or an ARN.</summary>
    public string Name { get; set; }
}

/// <summary>Nothing but the answer's own metadata.</summary>
public partial class StopLoggingResponse : AmazonWebServiceResponse;
