using Amazon.CloudWatch.Model;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudWatch.Internal;

/// <summary>The operations, each with its wire form and the errors that its model declares.</summary>
internal static class Operations
{
    private static readonly JsonProtocol Protocol = new(
        AmazonCloudWatchConfig.Service,
        "Amazon.CloudWatch",
        "GraniteServiceVersion20100801",
        "application/x-amz-json-1.0",
        QueryCompatible: true,
        e => new AmazonCloudWatchException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InternalService =
        new("InternalServiceFault", e => new InternalServiceException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidFormat =
        new("InvalidFormatFault", e => new InvalidFormatException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidNextToken =
        new("InvalidNextToken", e => new InvalidNextTokenException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidParameterCombination =
        new("InvalidParameterCombinationException", e => new InvalidParameterCombinationException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError InvalidParameterValue =
        new("InvalidParameterValueException", e => new InvalidParameterValueException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError LimitExceeded =
        new("LimitExceededFault", e => new LimitExceededException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError MissingRequiredParameter =
        new("MissingRequiredParameterException", e => new MissingRequiredParameterException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ResourceNotFound =
        new("ResourceNotFound", e => new ResourceNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    private static readonly ModeledError ResourceNotFoundFault =
        new("ResourceNotFoundException", e => new ResourceNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode));

    internal static Operation<PutMetricDataResponse> PutMetricData { get; } =
        Protocol.Operation("PutMetricData", Wire.Info<PutMetricDataRequest>(), Wire.Info<PutMetricDataResponse>(), compress: true, InvalidParameterValue, MissingRequiredParameter, InvalidParameterCombination, InternalService);

    internal static Operation<GetMetricDataResponse> GetMetricData { get; } =
        Protocol.Operation("GetMetricData", Wire.Info<GetMetricDataRequest>(), Wire.Info<GetMetricDataResponse>(), InvalidNextToken);

    internal static Operation<GetMetricStatisticsResponse> GetMetricStatistics { get; } =
        Protocol.Operation("GetMetricStatistics", Wire.Info<GetMetricStatisticsRequest>(), Wire.Info<GetMetricStatisticsResponse>(), InvalidParameterValue, MissingRequiredParameter, InvalidParameterCombination, InternalService);

    internal static Operation<ListMetricsResponse> ListMetrics { get; } =
        Protocol.Operation("ListMetrics", Wire.Info<ListMetricsRequest>(), Wire.Info<ListMetricsResponse>(), InternalService, InvalidParameterValue);

    internal static Operation<PutMetricAlarmResponse> PutMetricAlarm { get; } =
        Protocol.Operation("PutMetricAlarm", Wire.Info<PutMetricAlarmRequest>(), Wire.Info<PutMetricAlarmResponse>(), LimitExceeded);

    internal static Operation<DescribeAlarmsResponse> DescribeAlarms { get; } =
        Protocol.Operation("DescribeAlarms", Wire.Info<DescribeAlarmsRequest>(), Wire.Info<DescribeAlarmsResponse>(), InvalidNextToken);

    internal static Operation<DescribeAlarmHistoryResponse> DescribeAlarmHistory { get; } =
        Protocol.Operation("DescribeAlarmHistory", Wire.Info<DescribeAlarmHistoryRequest>(), Wire.Info<DescribeAlarmHistoryResponse>(), InvalidNextToken);

    internal static Operation<SetAlarmStateResponse> SetAlarmState { get; } =
        Protocol.Operation("SetAlarmState", Wire.Info<SetAlarmStateRequest>(), Wire.Info<SetAlarmStateResponse>(), ResourceNotFound, InvalidFormat);

    internal static Operation<DeleteAlarmsResponse> DeleteAlarms { get; } =
        Protocol.Operation("DeleteAlarms", Wire.Info<DeleteAlarmsRequest>(), Wire.Info<DeleteAlarmsResponse>(), ResourceNotFound);

    internal static Operation<ListTagsForResourceResponse> ListTagsForResource { get; } =
        Protocol.Operation("ListTagsForResource", Wire.Info<ListTagsForResourceRequest>(), Wire.Info<ListTagsForResourceResponse>(), InvalidParameterValue, ResourceNotFoundFault, InternalService);
}
