#nullable enable
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>Writes a request as a form: the JSON that it would be, flattened to <c>List.member.1</c> and <c>Map.entry.1.key</c>.</summary>
internal sealed class QueryRequestMarshaller<TRequest>(QueryProtocol protocol, string operation, JsonTypeInfo<TRequest> typeInfo)
    : IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonWebServiceRequest
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, protocol.ClientName) { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters["Action"] = operation;
        request.Parameters["Version"] = protocol.Service.ApiVersion;
        request.Headers[HeaderKeys.ContentTypeHeader] = "application/x-www-form-urlencoded; charset=utf-8";

        foreach (var member in JsonSerializer.SerializeToElement((TRequest)input, typeInfo).EnumerateObject())
            Flatten(request, member.Name, member.Name, member.Value);
        return request;
    }

    private void Flatten(DefaultRequest request, string name, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var (index, element) in value.EnumerateArray().Index())
                    Flatten(request, name, string.Create(CultureInfo.InvariantCulture, $"{path}.member.{index + 1}"), element);
                break;

            case JsonValueKind.Object when protocol.Maps.TryGetValue(name, out var entry):
                foreach (var (index, member) in value.EnumerateObject().Index())
                {
                    var at = string.Create(CultureInfo.InvariantCulture, $"{path}.entry.{index + 1}");
                    request.Parameters[$"{at}.{entry.Key}"] = member.Name;
                    Flatten(request, entry.Value, $"{at}.{entry.Value}", member.Value);
                }

                break;

            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    Flatten(request, member.Name, $"{path}.{member.Name}", member.Value);
                break;

            case JsonValueKind.True or JsonValueKind.False:
                request.Parameters[path] = value.GetBoolean() ? "true" : "false";
                break;

            default:
                request.Parameters[path] = value.ToString();
                break;
        }
    }
}
