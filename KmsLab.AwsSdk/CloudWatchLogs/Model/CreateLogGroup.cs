using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Creates a log group.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html</remarks>
public partial class CreateLogGroupRequest : AmazonCloudWatchLogsRequest
{
    public bool? DeletionProtectionEnabled { get; set; }

    public string KmsKeyId { get; set; }

    public LogGroupClass LogGroupClass { get; set; }

    public string LogGroupName { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? new Dictionary<string, string>() : null;
}

/// <summary>The group was created.</summary>
public partial class CreateLogGroupResponse : AmazonWebServiceResponse
{
}
