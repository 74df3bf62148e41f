#nullable enable
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>Reads a response of AWS's JSON protocol, or the error in its place.</summary>
internal sealed class JsonOperationUnmarshaller<TResponse>(JsonProtocol protocol, JsonTypeInfo<TResponse> typeInfo, ModeledError[] errors)
    : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    /// <summary>Operations without output answer with an empty body, which is no JSON.</summary>
    private readonly bool _hasBody = typeInfo.Properties.Count > 0;

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) =>
        _hasBody && !input.IsEmptyResponse ? JsonSerializer.Deserialize(input.Stream, typeInfo) ?? new TResponse() : new TResponse();

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;

        // Which exception it is, the body's __type says; its ErrorCode stays the one that Query clients know.
        var create = ModeledError.Find(errors, error.Code) ?? protocol.UnknownError;
        if (protocol.QueryCompatible && input.ResponseData.GetHeaderValue("x-amzn-query-error") is { Length: > 0 } queryError)
            error.Code = queryError.Split(';')[0];
        return create(error);
    }
}
