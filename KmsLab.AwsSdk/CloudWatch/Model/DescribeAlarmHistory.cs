using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Lists what happened to alarms.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html</remarks>
public partial class DescribeAlarmHistoryRequest : AmazonCloudWatchRequest
{
    public string AlarmName { get; set; }

    public List<string> AlarmTypes { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public DateTime? EndDate { get; set; }

    public HistoryItemType HistoryItemType { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }

    public ScanBy ScanBy { get; set; }

    public DateTime? StartDate { get; set; }
}

/// <summary>A page of history.</summary>
public partial class DescribeAlarmHistoryResponse : AmazonWebServiceResponse
{
    public List<AlarmHistoryItem> AlarmHistoryItems { get; set; } = AWSConfigs.InitializeCollections ? new List<AlarmHistoryItem>() : null;

    public string NextToken { get; set; }
}

/// <summary>A change of an alarm.</summary>
public partial class AlarmHistoryItem
{
    public string AlarmName { get; set; }

    public AlarmType AlarmType { get; set; }

    public string HistoryData { get; set; }

    public HistoryItemType HistoryItemType { get; set; }

    public string HistorySummary { get; set; }

    public DateTime? Timestamp { get; set; }
}
