using System.Collections;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using System.Xml;

namespace KmsLab.LocalAws.Wire;

/// <summary>AWS Query: a form with <c>Action</c> and <c>Version</c> in, XML out.</summary>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-query-protocol.html</remarks>
internal sealed class QueryProtocol() : WireProtocol("text/xml")
{
    public static readonly QueryProtocol Instance = new();

    public override WireMessage Open(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var form = HttpMethods.IsGet(request.Method)
            ? QueryForm.Parse(System.Text.Encoding.UTF8.GetBytes(request.QueryString.Value?.TrimStart('?') ?? ""))
            : QueryForm.Parse(body.Span);
        if (form.Child("Action")?.Value is not { Length: > 0 } action)
            throw new AwsException("MissingAction", "The request is missing an action or a required parameter.");

        return new(null, action, body, form);
    }

    public override object ReadRequest(Operation operation, in WireMessage message)
    {
        using var buffer = WireBuffer.Rent();
        ((QueryForm)message.Parsed!).WriteAs(operation.Request, buffer.Json);
        buffer.Json.Flush();
        return Deserialize(operation, buffer.Written.Span);
    }

    public override void WriteResponse(WireBuffer answer, AwsCall call, object response)
    {
        var name = call.Operation.Name;
        using var xml = WireXml.Write(answer);
        xml.WriteStartElement($"{name}Response", call.Service.XmlNamespace);
        if (!call.Operation.HasNoOutput)
        {
            xml.WriteStartElement($"{name}Result");
            WriteContent(xml, response, call.Operation.Response);
            xml.WriteEndElement();
        }

        xml.WriteStartElement("ResponseMetadata");
        xml.WriteElementString("RequestId", call.RequestId);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        using var xml = WireXml.Write(answer);
        xml.WriteStartElement("ErrorResponse", service?.XmlNamespace);
        xml.WriteStartElement("Error");
        xml.WriteElementString("Type", error.Fault);
        xml.WriteElementString("Code", error.QueryCode ?? error.Code);
        xml.WriteElementString("Message", error.Message);
        xml.WriteEndElement();
        xml.WriteElementString("RequestId", requestId);
        xml.WriteEndElement();
    }

    private static void WriteContent(XmlWriter xml, object value, JsonTypeInfo contract)
    {
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object:
                foreach (var property in contract.Properties)
                {
                    if (property.Get?.Invoke(value) is not { } member)
                        continue;
                    if (FlattenedMembers.Of(property) is { } flattened)
                        WriteFlattened(xml, flattened, member, contract.Options.GetTypeInfo(property.PropertyType));
                    else
                        WriteElement(xml, property.Name, member, contract.Options.GetTypeInfo(property.PropertyType));
                }

                break;
            case JsonTypeInfoKind.Enumerable:
                var element = contract.Options.GetTypeInfo(contract.ElementType!);
                foreach (var item in (IEnumerable)value)
                    WriteElement(xml, "member", item, element);
                break;
            case JsonTypeInfoKind.Dictionary:
                WriteMap(xml, (IDictionary)value, contract.Options.GetTypeInfo(contract.ElementType!));
                break;
            default:
                xml.WriteString(Text(value));
                break;
        }
    }

    private static void WriteElement(XmlWriter xml, string name, object value, JsonTypeInfo contract)
    {
        xml.WriteStartElement(name);
        WriteContent(xml, value, contract);
        xml.WriteEndElement();
    }

    private static void WriteFlattened(XmlWriter xml, FlattenedAttribute flattened, object value, JsonTypeInfo contract)
    {
        var element = contract.Options.GetTypeInfo(contract.ElementType!);
        if (value is not IDictionary map)
        {
            foreach (var item in (IEnumerable)value)
                WriteElement(xml, flattened.Name, item, element);
            return;
        }

        foreach (DictionaryEntry entry in map)
        {
            xml.WriteStartElement(flattened.Name);
            xml.WriteElementString(flattened.Key, (string)entry.Key);
            WriteElement(xml, "Value", entry.Value!, element);
            xml.WriteEndElement();
        }
    }

    private static void WriteMap(XmlWriter xml, IDictionary map, JsonTypeInfo valueContract)
    {
        foreach (DictionaryEntry entry in map)
        {
            xml.WriteStartElement("entry");
            xml.WriteElementString("key", (string)entry.Key);
            WriteElement(xml, "value", entry.Value!, valueContract);
            xml.WriteEndElement();
        }
    }

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double real => AwsJson.Format(real),
        byte[] blob => Convert.ToBase64String(blob),
        DateTimeOffset instant => instant.UtcDateTime.ToString(instant.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
