using Amazon.CloudTrail.Internal;
using Amazon.CloudTrail.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudTrail;

/// <inheritdoc cref="IAmazonCloudTrail"/>
public partial class AmazonCloudTrailClient : AmazonServiceClient, IAmazonCloudTrail
{
    /// <summary>Credentials, Region and endpoint from the SDK's own chain.</summary>
    public AmazonCloudTrailClient() : base(new AmazonCloudTrailConfig()) { }

    public AmazonCloudTrailClient(RegionEndpoint region) : base(new AmazonCloudTrailConfig { RegionEndpoint = region }) { }

    public AmazonCloudTrailClient(AmazonCloudTrailConfig config) : base(config) { }

    public AmazonCloudTrailClient(AWSCredentials credentials) : base(credentials, new AmazonCloudTrailConfig()) { }

    public AmazonCloudTrailClient(AWSCredentials credentials, RegionEndpoint region) : base(credentials, new AmazonCloudTrailConfig { RegionEndpoint = region }) { }

    public AmazonCloudTrailClient(AWSCredentials credentials, AmazonCloudTrailConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonCloudTrailClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCloudTrailConfig clientConfig)
        : base(awsAccessKeyId, awsSecretAccessKey, clientConfig) { }

    protected override IServiceMetadata ServiceMetadata => AmazonCloudTrailConfig.Service;

    public virtual Task<LookupEventsResponse> LookupEventsAsync(LookupEventsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.LookupEvents, cancellationToken);

    public virtual Task<GetTrailResponse> GetTrailAsync(GetTrailRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.GetTrail, cancellationToken);

    public virtual Task<GetTrailStatusResponse> GetTrailStatusAsync(GetTrailStatusRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.GetTrailStatus, cancellationToken);

    public virtual Task<GetEventSelectorsResponse> GetEventSelectorsAsync(GetEventSelectorsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.GetEventSelectors, cancellationToken);

    public virtual Task<DescribeTrailsResponse> DescribeTrailsAsync(DescribeTrailsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.DescribeTrails, cancellationToken);

    public virtual Task<ListPublicKeysResponse> ListPublicKeysAsync(ListPublicKeysRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.ListPublicKeys, cancellationToken);

    public virtual Task<PutEventSelectorsResponse> PutEventSelectorsAsync(PutEventSelectorsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.PutEventSelectors, cancellationToken);

    public virtual Task<StartLoggingResponse> StartLoggingAsync(StartLoggingRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.StartLogging, cancellationToken);

    public virtual Task<StopLoggingResponse> StopLoggingAsync(StopLoggingRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync(request, Operations.StopLogging, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) => ServiceIdentity.Customize(pipeline);

    private Task<TResponse> InvokeAsync<TResponse>(AmazonWebServiceRequest request, Operation<TResponse> operation, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, operation.Options, cancellationToken);
}
