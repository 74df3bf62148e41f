using Amazon.Runtime;

namespace Amazon.CloudTrail;

/// <summary>What the requests of CloudTrail have in common.</summary>
public partial class AmazonCloudTrailRequest : AmazonWebServiceRequest
{
}
