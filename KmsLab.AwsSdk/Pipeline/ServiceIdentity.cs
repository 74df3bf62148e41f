#nullable enable
using System.Reflection;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>What tells one AWS service from another on the wire and in configuration.</summary>
/// <param name="ServiceId">The service's id in AWS's models; <c>AWS_ENDPOINT_URL_&lt;ID&gt;</c> and profiles' <c>services</c> sections are looked up by it.</param>
/// <param name="EndpointPrefix">The first label of the regional host name.</param>
/// <param name="SigningName">The service in the credential scope of SigV4.</param>
/// <param name="ApiVersion">The API's date.</param>
internal sealed record ServiceIdentity(string ServiceId, string EndpointPrefix, string SigningName, string ApiVersion) : IServiceMetadata
{
    private static readonly string Version = typeof(ServiceIdentity).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0";

    /// <summary>The defaults that AWS's SDKs share, by mode: retries and connection timeouts as in the official packages.</summary>
    /// <remarks>https://docs.aws.amazon.com/sdkref/latest/guide/feature-smart-config-defaults.html</remarks>
    internal static DefaultConfigurationProvider Defaults { get; } = new(
    [
        Mode(DefaultConfigurationMode.Standard, TimeSpan.FromMilliseconds(3100)),
        Mode(DefaultConfigurationMode.InRegion, TimeSpan.FromMilliseconds(1100)),
        Mode(DefaultConfigurationMode.CrossRegion, TimeSpan.FromMilliseconds(3100)),
        Mode(DefaultConfigurationMode.Mobile, TimeSpan.FromSeconds(30)),
        Mode(DefaultConfigurationMode.Auto, TimeSpan.FromMilliseconds(1100)),
    ]);

    internal string UserAgent { get; } = InternalSDKUtils.BuildUserAgentString(ServiceId, Version);

    IDictionary<string, string> IServiceMetadata.OperationNameMapping { get; } = new Dictionary<string, string>();

    /// <summary>Gives a client's configuration what the official one's constructor gives it.</summary>
    internal void Configure(ClientConfig config)
    {
        config.ServiceId = ServiceId;
        config.AuthenticationServiceName = SigningName;
        config.EndpointProvider = new StandardEndpointProvider(this);
    }

    /// <summary>Where a client of that configuration would send a request.</summary>
    internal static Endpoint Locate(ClientConfig config, ServiceOperationEndpointParameters parameters) =>
        config.EndpointProvider.ResolveEndpoint(StandardEndpointResolver.Parameters(config, parameters.AlternateEndpoint));

    /// <summary>Adds to AWSSDK.Core's pipeline the two handlers that a service brings: whose identity signs, and where the call goes.</summary>
    internal static void Customize(RuntimePipeline pipeline)
    {
        pipeline.AddHandlerAfter<Marshaller>(new StandardEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new SigV4AuthHandler());
    }

    private static DefaultConfiguration Mode(DefaultConfigurationMode name, TimeSpan connectTimeout) => new()
    {
        Name = name,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = connectTimeout,
        TlsNegotiationTimeout = connectTimeout,
    };
}
