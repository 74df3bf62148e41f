#nullable enable
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>AWS's standard regional endpoints: a configured URL as it is, else <c>https://{prefix}.{region}.{partition's suffix}</c>, with FIPS and dual stack.</summary>
internal sealed class StandardEndpointProvider(ServiceIdentity service) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        var fips = parameters["UseFIPS"] is true;
        var dualStack = parameters["UseDualStack"] is true;

        if (parameters["Endpoint"] is string { Length: > 0 } url)
        {
            if (fips || dualStack)
                throw new AmazonClientException($"Invalid Configuration: {(fips ? "FIPS" : "Dualstack")} and custom endpoint are not supported");
            return new Endpoint(url);
        }

        if (parameters["Region"] is not string { Length: > 0 } regionName)
            throw new AmazonClientException("Invalid Configuration: Missing Region");

        var region = RegionEndpoint.GetBySystemName(regionName);
        // In GovCloud the ordinary endpoints are the FIPS ones.
        var prefix = fips && (dualStack || region.PartitionName != "aws-us-gov") ? $"{service.EndpointPrefix}-fips" : service.EndpointPrefix;
        var suffix = dualStack ? DualStackSuffix(region.PartitionName) : region.PartitionDnsSuffix;
        return new Endpoint($"https://{prefix}.{regionName}.{suffix}");
    }

    private static string DualStackSuffix(string partition) => partition == "aws-cn" ? "api.amazonwebservices.com.cn" : "api.aws";
}

/// <summary>Hands the client's settings to the endpoint provider.</summary>
internal sealed class StandardEndpointResolver : BaseEndpointResolver
{
    /// <summary>The endpoint rules' parameters; with an endpoint of one's own, its host may tell the Region.</summary>
    internal static EndpointParameters Parameters(IClientConfig config, RegionEndpoint? alternate) => new()
    {
        ["Region"] = (alternate ?? config.RegionEndpoint)?.SystemName ?? (config.ServiceURL is { } url ? AWSSDKUtils.DetermineRegion(url) : null),
        ["UseDualStack"] = config.UseDualstackEndpoint,
        ["UseFIPS"] = config.UseFIPSEndpoint,
        ["Endpoint"] = config.ServiceURL,
    };

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
        Parameters(requestContext.ClientConfig, requestContext.Request.AlternateEndpoint);

    /// <summary>None of these services puts the account or a bucket before its host.</summary>
    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters) =>
        InjectHostPrefix(executionContext.RequestContext);
}
