#nullable enable
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>A service that speaks AWS's Query protocol: parameters as a form, answers as XML.</summary>
/// <param name="Service">The service.</param>
/// <param name="ClientName">The client's namespace, which AWSSDK.Core logs and measures by.</param>
/// <param name="Maps">The members that are maps, and what their entries call the key and the value.</param>
/// <param name="UnknownError">Makes the service's own exception for an error that the operation does not declare.</param>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-query-protocol.html</remarks>
internal sealed record QueryProtocol(
    ServiceIdentity Service,
    string ClientName,
    IReadOnlyDictionary<string, (string Key, string Value)> Maps,
    Func<ErrorResponse, AmazonServiceException> UnknownError)
{
    internal Operation<TResponse> Operation<TRequest, TResponse>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response, params ModeledError[] errors)
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new() =>
        new(new InvokeOptions
        {
            RequestMarshaller = new QueryRequestMarshaller<TRequest>(this, name, request),
            ResponseUnmarshaller = new QueryOperationUnmarshaller<TResponse>(this, name, response, errors),
        });
}
