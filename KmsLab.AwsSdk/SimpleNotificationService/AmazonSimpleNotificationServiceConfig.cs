using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.SimpleNotificationService;

/// <summary>Settings of a client of SNS: Region, endpoint, retries, timeouts.</summary>
public partial class AmazonSimpleNotificationServiceConfig : ClientConfig
{
    internal static ServiceIdentity Service { get; } = new("SNS", "sns", "sns", "2010-03-31");

    public AmazonSimpleNotificationServiceConfig() : base(ServiceIdentity.Defaults) => Service.Configure(this);

    /// <summary>The id by which <c>AWS_ENDPOINT_URL_&lt;ID&gt;</c> names the service.</summary>
    public static new string ServiceId => Service.ServiceId;

    public override string RegionEndpointServiceName => Service.EndpointPrefix;

    public override string ServiceVersion => Service.ApiVersion;

    public override string UserAgent => Service.UserAgent;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => ServiceIdentity.Locate(this, parameters);
}
