using Amazon.CloudTrail.Model;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudTrail.Internal;

/// <summary>The operations, each with its wire form and the errors that its model declares.</summary>
internal static class Operations
{
    private static readonly JsonProtocol Protocol = new(
        AmazonCloudTrailConfig.Service,
        "Amazon.CloudTrail",
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        "application/x-amz-json-1.1",
        QueryCompatible: false,
        e => new AmazonCloudTrailException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError CloudTrailARNInvalid =
        new("CloudTrailARNInvalidException", e => new CloudTrailARNInvalidException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidEventCategory =
        new("InvalidEventCategoryException", e => new InvalidEventCategoryException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidLookupAttributes =
        new("InvalidLookupAttributesException", e => new InvalidLookupAttributesException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidMaxResults =
        new("InvalidMaxResultsException", e => new InvalidMaxResultsException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidNextToken =
        new("InvalidNextTokenException", e => new InvalidNextTokenException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidTimeRange =
        new("InvalidTimeRangeException", e => new InvalidTimeRangeException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidToken =
        new("InvalidTokenException", e => new InvalidTokenException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidTrailName =
        new("InvalidTrailNameException", e => new InvalidTrailNameException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError NoManagementAccountSLRExists =
        new("NoManagementAccountSLRExistsException", e => new NoManagementAccountSLRExistsException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError OperationNotPermitted =
        new("OperationNotPermittedException", e => new OperationNotPermittedException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError TrailNotFound =
        new("TrailNotFoundException", e => new TrailNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError UnsupportedOperation =
        new("UnsupportedOperationException", e => new UnsupportedOperationException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    internal static Operation<LookupEventsResponse> LookupEvents { get; } =
        Protocol.Operation("LookupEvents", Wire.Info<LookupEventsRequest>(), Wire.Info<LookupEventsResponse>(), InvalidLookupAttributes, InvalidTimeRange, InvalidMaxResults, InvalidNextToken, InvalidEventCategory, UnsupportedOperation, OperationNotPermitted);

    internal static Operation<GetTrailResponse> GetTrail { get; } =
        Protocol.Operation("GetTrail", Wire.Info<GetTrailRequest>(), Wire.Info<GetTrailResponse>(), CloudTrailARNInvalid, TrailNotFound, InvalidTrailName, UnsupportedOperation, OperationNotPermitted);

    internal static Operation<GetTrailStatusResponse> GetTrailStatus { get; } =
        Protocol.Operation("GetTrailStatus", Wire.Info<GetTrailStatusRequest>(), Wire.Info<GetTrailStatusResponse>(), CloudTrailARNInvalid, TrailNotFound, InvalidTrailName, UnsupportedOperation, OperationNotPermitted);

    internal static Operation<GetEventSelectorsResponse> GetEventSelectors { get; } =
        Protocol.Operation("GetEventSelectors", Wire.Info<GetEventSelectorsRequest>(), Wire.Info<GetEventSelectorsResponse>(), TrailNotFound, InvalidTrailName, CloudTrailARNInvalid, UnsupportedOperation, OperationNotPermitted, NoManagementAccountSLRExists);

    internal static Operation<DescribeTrailsResponse> DescribeTrails { get; } =
        Protocol.Operation("DescribeTrails", Wire.Info<DescribeTrailsRequest>(), Wire.Info<DescribeTrailsResponse>(), UnsupportedOperation, OperationNotPermitted, InvalidTrailName, CloudTrailARNInvalid, NoManagementAccountSLRExists);

    internal static Operation<ListPublicKeysResponse> ListPublicKeys { get; } =
        Protocol.Operation("ListPublicKeys", Wire.Info<ListPublicKeysRequest>(), Wire.Info<ListPublicKeysResponse>(), InvalidTimeRange, UnsupportedOperation, OperationNotPermitted, InvalidToken);

    internal static Operation<PutEventSelectorsResponse> PutEventSelectors { get; } =
        Protocol.Operation("PutEventSelectors", Wire.Info<PutEventSelectorsRequest>(), Wire.Info<PutEventSelectorsResponse>(), TrailNotFound, InvalidTrailName, CloudTrailARNInvalid, UnsupportedOperation, OperationNotPermitted, NoManagementAccountSLRExists);

    internal static Operation<StartLoggingResponse> StartLogging { get; } =
        Protocol.Operation("StartLogging", Wire.Info<StartLoggingRequest>(), Wire.Info<StartLoggingResponse>(), CloudTrailARNInvalid, TrailNotFound, InvalidTrailName, UnsupportedOperation, OperationNotPermitted, NoManagementAccountSLRExists);

    internal static Operation<StopLoggingResponse> StopLogging { get; } =
        Protocol.Operation("StopLogging", Wire.Info<StopLoggingRequest>(), Wire.Info<StopLoggingResponse>(), TrailNotFound, InvalidTrailName, CloudTrailARNInvalid, UnsupportedOperation, OperationNotPermitted, NoManagementAccountSLRExists);
}
