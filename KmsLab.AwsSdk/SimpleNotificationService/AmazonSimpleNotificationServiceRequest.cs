using Amazon.Runtime;

namespace Amazon.SimpleNotificationService;

/// <summary>What the requests of SNS have in common.</summary>
public partial class AmazonSimpleNotificationServiceRequest : AmazonWebServiceRequest
{
}
