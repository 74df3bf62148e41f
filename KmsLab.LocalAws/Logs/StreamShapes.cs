using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>A request about one stream.</summary>
internal class StreamRequest : GroupRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? LogStreamName { get; set; }
}

/// <summary>A request that names its group in one of two ways.</summary>
internal class GroupOrIdentifierRequest
{
    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.GroupName)]
    public string? LogGroupName { get; set; }

    [Constraint(MinLength = 1, MaxLength = 2048, Pattern = LogPatterns.GroupIdentifier)]
    public string? LogGroupIdentifier { get; set; }
}

internal sealed class DescribeLogStreamsRequest : GroupOrIdentifierRequest
{
    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? LogStreamNamePrefix { get; set; }

    [Constraint(Values = ["LogStreamName", "LastEventTime"])]
    public string? OrderBy { get; set; }

    public bool? Descending { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 50)]
    public int? Limit { get; set; }
}

internal sealed class DescribeLogStreamsResponse
{
    public List<LogStream> LogStreams { get; set; } = [];
    public string? NextToken { get; set; }
}

internal sealed class LogStream
{
    public string? LogStreamName { get; set; }
    public long? CreationTime { get; set; }
    public long? FirstEventTimestamp { get; set; }
    public long? LastEventTimestamp { get; set; }
    public long? LastIngestionTime { get; set; }
    public string? UploadSequenceToken { get; set; }
    public string? Arn { get; set; }
    public long? StoredBytes { get; set; }
}
