#nullable enable
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>Writes a request as AWS's JSON protocol has it; members that are not set are left out.</summary>
internal sealed class JsonRequestMarshaller<TRequest>(JsonProtocol protocol, string operation, JsonTypeInfo<TRequest> typeInfo, bool compress)
    : IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonWebServiceRequest
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, protocol.ClientName)
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            CompressionAlgorithm = compress ? CompressionEncodingAlgorithm.gzip : CompressionEncodingAlgorithm.NONE,
            Content = JsonSerializer.SerializeToUtf8Bytes((TRequest)input, typeInfo),
        };
        request.Headers["X-Amz-Target"] = $"{protocol.TargetPrefix}.{operation}";
        request.Headers[HeaderKeys.ContentTypeHeader] = protocol.ContentType;
        request.Headers[HeaderKeys.XAmzApiVersion] = protocol.Service.ApiVersion;
        if (protocol.QueryCompatible)
            request.Headers["x-amzn-query-mode"] = "true";
        return request;
    }
}
