using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Lists log groups by name, at most 50 a page.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html</remarks>
public partial class DescribeLogGroupsRequest : AmazonCloudWatchLogsRequest
{
    public List<string> AccountIdentifiers { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public bool? IncludeLinkedAccounts { get; set; }

    public int? Limit { get; set; }

    public LogGroupClass LogGroupClass { get; set; }

    public List<string> LogGroupIdentifiers { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string LogGroupNamePattern { get; set; }

    public string LogGroupNamePrefix { get; set; }

    public string NextToken { get; set; }
}

/// <summary>A page of log groups.</summary>
public partial class DescribeLogGroupsResponse : AmazonWebServiceResponse
{
    public List<LogGroup> LogGroups { get; set; } = AWSConfigs.InitializeCollections ? new List<LogGroup>() : null;

    public string NextToken { get; set; }
}

/// <summary>A log group.</summary>
public partial class LogGroup
{
    /// <summary>Ends in <c>:*</c>, unlike <see cref="LogGroupArn"/>.</summary>
    public string Arn { get; set; }

    public DateTime? CreationTime { get; set; }

    public DataProtectionStatus DataProtectionStatus { get; set; }

    public bool? DeletionProtectionEnabled { get; set; }

    public List<string> InheritedProperties { get; set; } = AWSConfigs.InitializeCollections ? new List<string>() : null;

    public string KmsKeyId { get; set; }

    public string LogGroupArn { get; set; }

    public LogGroupClass LogGroupClass { get; set; }

    public string LogGroupName { get; set; }

    public int? MetricFilterCount { get; set; }

    /// <summary>Null: events never expire.</summary>
    public int? RetentionInDays { get; set; }

    public long? StoredBytes { get; set; }
}
