using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudTrail;

/// <summary>Settings of a client of CloudTrail: Region, endpoint, retries, timeouts.</summary>
public partial class AmazonCloudTrailConfig : ClientConfig
{
    internal static ServiceIdentity Service { get; } = new("CloudTrail", "cloudtrail", "cloudtrail", "2013-11-01");

    public AmazonCloudTrailConfig() : base(ServiceIdentity.Defaults) => Service.Configure(this);

    /// <summary>The id by which <c>AWS_ENDPOINT_URL_&lt;ID&gt;</c> names the service.</summary>
    public static new string ServiceId => Service.ServiceId;

    public override string RegionEndpointServiceName => Service.EndpointPrefix;

    public override string ServiceVersion => Service.ApiVersion;

    public override string UserAgent => Service.UserAgent;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => ServiceIdentity.Locate(this, parameters);
}
