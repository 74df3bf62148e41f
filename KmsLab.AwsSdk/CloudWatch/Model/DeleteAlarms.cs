using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Deletes alarms, at most 100 a call.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html</remarks>
public partial class DeleteAlarmsRequest : AmazonCloudWatchRequest
{
    public List<string> AlarmNames { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;
}

/// <summary>The alarms were deleted.</summary>
public partial class DeleteAlarmsResponse : AmazonWebServiceResponse
{
}
