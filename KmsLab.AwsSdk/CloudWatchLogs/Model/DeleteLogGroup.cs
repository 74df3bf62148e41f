using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Deletes a log group with all of its events.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html</remarks>
public partial class DeleteLogGroupRequest : AmazonCloudWatchLogsRequest
{
    public string LogGroupName { get; set; }
}

/// <summary>The group was deleted.</summary>
public partial class DeleteLogGroupResponse : AmazonWebServiceResponse
{
}
