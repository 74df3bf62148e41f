using Amazon.Runtime;

namespace Amazon.CloudWatch;

/// <summary>What the requests of CloudWatch have in common.</summary>
public partial class AmazonCloudWatchRequest : AmazonWebServiceRequest
{
}
