#nullable enable
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>A service that speaks AWS's JSON protocol: every call is <c>POST /</c> with the operation in <c>X-Amz-Target</c>.</summary>
/// <param name="Service">The service.</param>
/// <param name="ClientName">The client's namespace, which AWSSDK.Core logs and measures by.</param>
/// <param name="TargetPrefix">What stands before the operation in <c>X-Amz-Target</c>.</param>
/// <param name="ContentType">The protocol's version, as a media type.</param>
/// <param name="QueryCompatible">Whether the service spoke the Query protocol before, whose error codes it keeps in a header.</param>
/// <param name="UnknownError">Makes the service's own exception for an error that the operation does not declare.</param>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html</remarks>
internal sealed record JsonProtocol(
    ServiceIdentity Service,
    string ClientName,
    string TargetPrefix,
    string ContentType,
    bool QueryCompatible,
    Func<ErrorResponse, AmazonServiceException> UnknownError)
{
    internal Operation<TResponse> Operation<TRequest, TResponse>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response, params ModeledError[] errors)
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new() =>
        Operation(name, request, response, compress: false, errors);

    /// <summary>An operation whose large requests (10 KB, unless configured otherwise) the client compresses.</summary>
    internal Operation<TResponse> Operation<TRequest, TResponse>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response, bool compress, params ModeledError[] errors)
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new() =>
        new(new InvokeOptions
        {
            RequestMarshaller = new JsonRequestMarshaller<TRequest>(this, name, request, compress),
            ResponseUnmarshaller = new JsonOperationUnmarshaller<TResponse>(this, response, errors),
        });
}
