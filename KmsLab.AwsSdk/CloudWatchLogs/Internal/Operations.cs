using Amazon.CloudWatchLogs.Model;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudWatchLogs.Internal;

/// <summary>The operations, each with its wire form and the errors that its model declares.</summary>
internal static class Operations
{
    private static readonly JsonProtocol Protocol = new(
        AmazonCloudWatchLogsConfig.Service,
        "Amazon.CloudWatchLogs",
        "Logs_20140328",
        "application/x-amz-json-1.1",
        QueryCompatible: false,
        e => new AmazonCloudWatchLogsException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError DataAlreadyAccepted =
        new("DataAlreadyAcceptedException", e => new DataAlreadyAcceptedException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidParameter =
        new("InvalidParameterException", e => new InvalidParameterException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidSequenceToken =
        new("InvalidSequenceTokenException", e => new InvalidSequenceTokenException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError LimitExceeded =
        new("LimitExceededException", e => new LimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError OperationAborted =
        new("OperationAbortedException", e => new OperationAbortedException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ResourceAlreadyExists =
        new("ResourceAlreadyExistsException", e => new ResourceAlreadyExistsException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ResourceNotFound =
        new("ResourceNotFoundException", e => new ResourceNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ServiceUnavailable =
        new("ServiceUnavailableException", e => new ServiceUnavailableException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError UnrecognizedClient =
        new("UnrecognizedClientException", e => new UnrecognizedClientException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError Validation =
        new("ValidationException", e => new ValidationException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    internal static Operation<FilterLogEventsResponse> FilterLogEvents { get; } =
        Protocol.Operation("FilterLogEvents", Wire.Info<FilterLogEventsRequest>(), Wire.Info<FilterLogEventsResponse>(), InvalidParameter, ResourceNotFound, ServiceUnavailable);

    internal static Operation<DescribeLogGroupsResponse> DescribeLogGroups { get; } =
        Protocol.Operation("DescribeLogGroups", Wire.Info<DescribeLogGroupsRequest>(), Wire.Info<DescribeLogGroupsResponse>(), InvalidParameter, ServiceUnavailable);

    internal static Operation<DescribeLogStreamsResponse> DescribeLogStreams { get; } =
        Protocol.Operation("DescribeLogStreams", Wire.Info<DescribeLogStreamsRequest>(), Wire.Info<DescribeLogStreamsResponse>(), InvalidParameter, ResourceNotFound, ServiceUnavailable);

    internal static Operation<CreateLogGroupResponse> CreateLogGroup { get; } =
        Protocol.Operation("CreateLogGroup", Wire.Info<CreateLogGroupRequest>(), Wire.Info<CreateLogGroupResponse>(), InvalidParameter, ResourceAlreadyExists, LimitExceeded, OperationAborted, ServiceUnavailable);

    internal static Operation<CreateLogStreamResponse> CreateLogStream { get; } =
        Protocol.Operation("CreateLogStream", Wire.Info<CreateLogStreamRequest>(), Wire.Info<CreateLogStreamResponse>(), InvalidParameter, ResourceAlreadyExists, ResourceNotFound, ServiceUnavailable);

    internal static Operation<DeleteLogGroupResponse> DeleteLogGroup { get; } =
        Protocol.Operation("DeleteLogGroup", Wire.Info<DeleteLogGroupRequest>(), Wire.Info<DeleteLogGroupResponse>(), InvalidParameter, ResourceNotFound, OperationAborted, ServiceUnavailable, Validation);

    internal static Operation<PutLogEventsResponse> PutLogEvents { get; } =
        Protocol.Operation("PutLogEvents", Wire.Info<PutLogEventsRequest>(), Wire.Info<PutLogEventsResponse>(), InvalidParameter, InvalidSequenceToken, DataAlreadyAccepted, ResourceNotFound, ServiceUnavailable, UnrecognizedClient);

    internal static Operation<GetLogEventsResponse> GetLogEvents { get; } =
        Protocol.Operation("GetLogEvents", Wire.Info<GetLogEventsRequest>(), Wire.Info<GetLogEventsResponse>(), InvalidParameter, ResourceNotFound, ServiceUnavailable);
}
