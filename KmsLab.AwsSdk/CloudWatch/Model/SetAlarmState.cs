using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Sets an alarm's state until it is next evaluated.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html</remarks>
public partial class SetAlarmStateRequest : AmazonCloudWatchRequest
{
    public string AlarmName { get; set; }

    public string StateReason { get; set; }

    /// <summary>JSON, up to 4,000 characters.</summary>
    public string StateReasonData { get; set; }

    public StateValue StateValue { get; set; }
}

/// <summary>The state was set.</summary>
public partial class SetAlarmStateResponse : AmazonWebServiceResponse
{
}
