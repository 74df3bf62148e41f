using System.Collections;
using System.Formats.Cbor;
using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>Smithy's rpc-v2-cbor: <c>POST /service/{service}/operation/{operation}</c>, CBOR both ways.</summary>
/// <remarks>https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html</remarks>
internal sealed class CborProtocol() : WireProtocol("application/cbor")
{
    public static readonly CborProtocol Instance = new();

    public override WireMessage Open(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (request.Headers["smithy-protocol"] != "rpc-v2-cbor")
            throw new AwsException("UnknownOperationException", "The header smithy-protocol names a protocol that is not served; rpc-v2-cbor is.");

        var parts = (request.Path.Value ?? "").Split('/');
        var service = Array.LastIndexOf(parts, "service");
        if (service < 0 || parts.Length != service + 4 || parts[service + 2] != "operation")
            throw new AwsException("UnknownOperationException", "The path is not /service/{service}/operation/{operation}.");

        return new(NameCache.Get(parts[service + 1]), NameCache.Get(parts[service + 3]), body);
    }

    public override object ReadRequest(Operation operation, in WireMessage message)
    {
        using var buffer = WireBuffer.Rent();
        if (message.Body.IsEmpty)
        {
            buffer.Json.WriteStartObject();
            buffer.Json.WriteEndObject();
        }
        else
        {
            CborToJson.Write(message.Body, buffer.Json);
        }

        buffer.Json.Flush();
        return Deserialize(operation, buffer.Written.Span);
    }

    public override void WriteResponse(WireBuffer answer, AwsCall call, object response)
    {
        var cbor = new CborWriter(CborConformanceMode.Lax);
        WriteValue(cbor, response, call.Operation.Response);
        CopyTo(answer, cbor);
    }

    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        http.Headers["x-amzn-ErrorType"] = error.Code;
        if (error.QueryCode is { } queryCode)
            http.Headers["x-amzn-query-error"] = $"{queryCode};{error.Fault}";

        var cbor = new CborWriter(CborConformanceMode.Lax);
        cbor.WriteStartMap(2);
        cbor.WriteTextString("__type");
        cbor.WriteTextString(error.Code);
        cbor.WriteTextString("message");
        cbor.WriteTextString(error.Message);
        cbor.WriteEndMap();
        CopyTo(answer, cbor);
    }

    private static void CopyTo(WireBuffer answer, CborWriter cbor)
    {
        var length = cbor.Encode(answer.Bytes.GetSpan(cbor.BytesWritten));
        answer.Bytes.Advance(length);
    }

    private static void WriteValue(CborWriter cbor, object value, JsonTypeInfo contract)
    {
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object:
                cbor.WriteStartMap(null);
                foreach (var property in contract.Properties)
                {
                    if (property.Get?.Invoke(value) is { } member)
                    {
                        cbor.WriteTextString(property.Name);
                        WriteValue(cbor, member, contract.Options.GetTypeInfo(property.PropertyType));
                    }
                }

                cbor.WriteEndMap();
                break;
            case JsonTypeInfoKind.Enumerable:
                var element = contract.Options.GetTypeInfo(contract.ElementType!);
                cbor.WriteStartArray(null);
                foreach (var item in (IEnumerable)value)
                    WriteValue(cbor, item, element);
                cbor.WriteEndArray();
                break;
            case JsonTypeInfoKind.Dictionary:
                var valueContract = contract.Options.GetTypeInfo(contract.ElementType!);
                cbor.WriteStartMap(null);
                foreach (DictionaryEntry entry in (IDictionary)value)
                {
                    cbor.WriteTextString((string)entry.Key);
                    WriteValue(cbor, entry.Value!, valueContract);
                }

                cbor.WriteEndMap();
                break;
            default:
                WriteScalar(cbor, value);
                break;
        }
    }

    private static void WriteScalar(CborWriter cbor, object value)
    {
        switch (value)
        {
            case string text:
                cbor.WriteTextString(text);
                break;
            case bool flag:
                cbor.WriteBoolean(flag);
                break;
            case int number:
                cbor.WriteInt32(number);
                break;
            case long number:
                cbor.WriteInt64(number);
                break;
            case double number:
                cbor.WriteDouble(number);
                break;
            case byte[] blob:
                cbor.WriteByteString(blob);
                break;
            case DateTimeOffset instant:
                cbor.WriteTag(CborTag.UnixTimeSeconds);
                cbor.WriteDouble(instant.ToUnixTimeMilliseconds() / 1000.0);
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} has no CBOR form.");
        }
    }
}
