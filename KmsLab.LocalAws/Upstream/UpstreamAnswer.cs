using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Reads what the upstream answered, as far as the record needs it.</summary>
internal static class UpstreamAnswer
{
    /// <summary>Reads an answer.</summary>
    /// <returns>The response where it succeeded and can be read, or the error.</returns>
    public static (object? Response, AwsException? Error) Read(WireProtocol protocol, Operation operation, HttpResponse http, ReadOnlyMemory<byte> body)
    {
        var succeeded = http.StatusCode < 300;
        if (protocol == QueryProtocol.Instance)
            return succeeded ? (XmlResponse(operation, body), null) : (null, XmlError(body, http.StatusCode));

        var json = protocol == CborProtocol.Instance ? CborToJson(body) : body;
        try
        {
            return succeeded
                ? (json.IsEmpty ? null : JsonSerializer.Deserialize(json.Span, operation.Response), null)
                : (null, JsonError(json, http.StatusCode));
        }
        catch (JsonException)
        {
            // Members of a form that our contract doesn't have: the record says that the call was made, without its response.
            return (null, succeeded ? null : Unknown(http.StatusCode));
        }
    }

    private static ReadOnlyMemory<byte> CborToJson(ReadOnlyMemory<byte> body)
    {
        using var buffer = WireBuffer.Rent();
        Wire.CborToJson.Write(body, buffer.Json);
        buffer.Json.Flush();
        return buffer.Written.ToArray();
    }

    private static AwsException JsonError(ReadOnlyMemory<byte> json, int status)
    {
        using var error = JsonDocument.Parse(json.IsEmpty ? "{}"u8.ToArray() : json);
        var code = Text(error.RootElement, "__type") ?? Text(error.RootElement, "code");
        var message = Text(error.RootElement, "message") ?? Text(error.RootElement, "Message") ?? "";
        // Some servers write the shape's namespace before its name.
        return code is null ? Unknown(status) : new(code[(code.LastIndexOf('#') + 1)..], message, status);
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static object? XmlResponse(Operation operation, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (Load(body).Root?.Elements().FirstOrDefault(element => element.Name.LocalName == $"{operation.Name}Result") is not { } result)
                return null;
            using var buffer = WireBuffer.Rent();
            XmlToJson.Write(result, operation.Response, buffer.Json);
            buffer.Json.Flush();
            return JsonSerializer.Deserialize(buffer.Written.Span, operation.Response);
        }
        catch (Exception error) when (error is XmlException or JsonException)
        {
            // Not as our contract has it: the record says that the call was made, without its response.
            return null;
        }
    }

    // From its bytes: a byte-order mark may come first.
    private static XDocument Load(ReadOnlyMemory<byte> xml)
    {
        using var stream = new MemoryStream(xml.ToArray());
        return XDocument.Load(stream);
    }

    private static AwsException XmlError(ReadOnlyMemory<byte> xml, int status)
    {
        try
        {
            var error = Load(xml).Descendants();
            string? Find(string name) => error.FirstOrDefault(element => element.Name.LocalName == name)?.Value;
            return Find("Code") is { } code ? new(code, Find("Message") ?? "", status) : Unknown(status);
        }
        catch (XmlException)
        {
            return Unknown(status);
        }
    }

    private static AwsException Unknown(int status) => new("InternalFailure", "", status);
}
