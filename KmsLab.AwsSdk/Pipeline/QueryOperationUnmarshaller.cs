#nullable enable
using System.Collections;
using System.Net;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>Reads an answer of AWS's Query protocol, or the error in its place.</summary>
internal sealed class QueryOperationUnmarshaller<TResponse>(QueryProtocol protocol, string operation, JsonTypeInfo<TResponse> typeInfo, ModeledError[] errors)
    : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        var root = XDocument.Load(input.Stream).Root!;
        var result = Child(root, $"{operation}Result");
        var response = result is null ? new TResponse() : (TResponse)ReadStructure(result, typeInfo);
        response.ResponseMetadata = new ResponseMetadata { RequestId = Child(root, "ResponseMetadata") is { } metadata ? Child(metadata, "RequestId")?.Value : null };
        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        ErrorResponse error = XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(input);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return (ModeledError.Find(errors, error.Code) ?? protocol.UnknownError)(error);
    }

    private object ReadStructure(XElement element, JsonTypeInfo type)
    {
        var value = type.CreateObject!();
        foreach (var property in type.Properties)
        {
            if (Child(element, property.Name) is { } child)
                property.Set!(value, Read(child, property.Name, type.Options.GetTypeInfo(property.PropertyType)));
        }

        return value;
    }

    private object Read(XElement element, string name, JsonTypeInfo type)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                return ReadStructure(element, type);

            case JsonTypeInfoKind.Enumerable:
                var list = (IList)type.CreateObject!();
                foreach (var member in element.Elements())
                    list.Add(Read(member, name, type.Options.GetTypeInfo(type.ElementType!)));
                return list;

            case JsonTypeInfoKind.Dictionary:
                var map = (IDictionary)type.CreateObject!();
                var (key, value) = protocol.Maps[name];
                foreach (var entry in element.Elements())
                    map[Child(entry, key)!.Value] = Read(Child(entry, value)!, value, type.Options.GetTypeInfo(type.ElementType!));
                return map;

            default:
                return type.Type == typeof(bool?) ? element.Value == "true" : element.Value;
        }
    }

    /// <summary>Elements are told apart by local name: some endpoints leave out the service's namespace.</summary>
    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name);
}
