using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

/// <summary>Creates a stream in a log group.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html</remarks>
public partial class CreateLogStreamRequest : AmazonCloudWatchLogsRequest
{
    public string LogGroupName { get; set; }

    public string LogStreamName { get; set; }
}

/// <summary>The stream was created.</summary>
public partial class CreateLogStreamResponse : AmazonWebServiceResponse
{
}
