using Amazon.CloudTrail.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.CloudTrail;

/// <summary>AWS CloudTrail, the operations that KmsLab calls.</summary>
public partial interface IAmazonCloudTrail : IAmazonService, IDisposable
{
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCloudTrailConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonCloudTrailClient(awsCredentials, (AmazonCloudTrailConfig)clientConfig);

    /// <summary>Looks up management events of the last 90 days in one Region, newest first, at most 50 a page and twice a second. It needs no trail.</summary>
    Task<LookupEventsResponse> LookupEventsAsync(LookupEventsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a trail's settings.</summary>
    Task<GetTrailResponse> GetTrailAsync(GetTrailRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads whether a trail is logging, and how its deliveries went.</summary>
    Task<GetTrailStatusResponse> GetTrailStatusAsync(GetTrailStatusRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads which events a trail logs.</summary>
    Task<GetEventSelectorsResponse> GetEventSelectorsAsync(GetEventSelectorsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Sets which events a trail logs.</summary>
    Task<PutEventSelectorsResponse> PutEventSelectorsAsync(PutEventSelectorsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Makes a trail log again.</summary>
    Task<StartLoggingResponse> StartLoggingAsync(StartLoggingRequest request, CancellationToken cancellationToken = default);

    /// <summary>Makes a trail log nothing.</summary>
    Task<StopLoggingResponse> StopLoggingAsync(StopLoggingRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads the settings of some trails, or of all in the Region.</summary>
    Task<DescribeTrailsResponse> DescribeTrailsAsync(DescribeTrailsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists the public keys of a Region that digest files were signed with in a time.</summary>
    Task<ListPublicKeysResponse> ListPublicKeysAsync(ListPublicKeysRequest request, CancellationToken cancellationToken = default);

    /// <summary>Where a request would be sent.</summary>
    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);
}
