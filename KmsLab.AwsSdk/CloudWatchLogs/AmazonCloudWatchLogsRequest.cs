using Amazon.Runtime;

namespace Amazon.CloudWatchLogs;

/// <summary>What the requests of CloudWatch Logs have in common.</summary>
public partial class AmazonCloudWatchLogsRequest : AmazonWebServiceRequest
{
}
