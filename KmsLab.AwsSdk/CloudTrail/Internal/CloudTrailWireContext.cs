using System.Text.Json.Serialization;
using Amazon.CloudTrail.Model;

namespace Amazon.CloudTrail.Internal;

/// <summary>Generated serializers of the requests and responses.</summary>
[JsonSerializable(typeof(LookupEventsRequest))]
[JsonSerializable(typeof(LookupEventsResponse))]
[JsonSerializable(typeof(GetTrailRequest))]
[JsonSerializable(typeof(GetTrailResponse))]
[JsonSerializable(typeof(GetTrailStatusRequest))]
[JsonSerializable(typeof(GetTrailStatusResponse))]
[JsonSerializable(typeof(GetEventSelectorsRequest))]
[JsonSerializable(typeof(GetEventSelectorsResponse))]
[JsonSerializable(typeof(DescribeTrailsRequest))]
[JsonSerializable(typeof(DescribeTrailsResponse))]
[JsonSerializable(typeof(ListPublicKeysRequest))]
[JsonSerializable(typeof(ListPublicKeysResponse))]
[JsonSerializable(typeof(PutEventSelectorsRequest))]
[JsonSerializable(typeof(PutEventSelectorsResponse))]
[JsonSerializable(typeof(StartLoggingRequest))]
[JsonSerializable(typeof(StartLoggingResponse))]
[JsonSerializable(typeof(StopLoggingRequest))]
[JsonSerializable(typeof(StopLoggingResponse))]
internal sealed partial class CloudTrailWireContext : JsonSerializerContext;
