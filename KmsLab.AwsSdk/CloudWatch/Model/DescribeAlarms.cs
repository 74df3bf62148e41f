using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Lists alarms, at most 100 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html</remarks>
public partial class DescribeAlarmsRequest : AmazonCloudWatchRequest
{
    public string ActionPrefix { get; set; }

    public string AlarmNamePrefix { get; set; }

    public List<string> AlarmNames { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public List<string> AlarmTypes { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string ChildrenOfAlarmName { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }

    public string ParentsOfAlarmName { get; set; }

    public StateValue StateValue { get; set; }
}

/// <summary>A page of alarms.</summary>
public partial class DescribeAlarmsResponse : AmazonWebServiceResponse
{
    public List<MetricAlarm> MetricAlarms { get; set; } = AWSConfigs.InitializeCollections ? new List<MetricAlarm>() : null;

    public string NextToken { get; set; }
}
