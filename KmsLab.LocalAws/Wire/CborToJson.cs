using System.Formats.Cbor;
using System.Text.Json;

namespace KmsLab.LocalAws.Wire;

/// <summary>Rewrites a CBOR body as JSON: blobs as base64, tag 1 as epoch seconds, lengths definite or not.</summary>
internal static class CborToJson
{
    private const int MaxDepth = 32;

    /// <exception cref="AwsException">SerializationException: the body is not one whole CBOR item of the kinds that Smithy uses.</exception>
    public static void Write(ReadOnlyMemory<byte> body, Utf8JsonWriter json)
    {
        try
        {
            var cbor = new CborReader(body, CborConformanceMode.Lax);
            WriteItem(cbor, json, 0);
            if (cbor.BytesRemaining > 0)
                throw AwsException.Serialization("The CBOR body goes on after its end.");
        }
        catch (Exception error) when (error is CborContentException or InvalidOperationException or OverflowException or FormatException or ArgumentException)
        {
            throw AwsException.Serialization("The body is not valid CBOR.");
        }
    }

    private static void WriteItem(CborReader cbor, Utf8JsonWriter json, int depth)
    {
        if (depth > MaxDepth)
            throw AwsException.Serialization("The CBOR body is nested too deeply.");

        switch (cbor.PeekState())
        {
            case CborReaderState.StartMap:
                cbor.ReadStartMap();
                json.WriteStartObject();
                while (cbor.PeekState() != CborReaderState.EndMap)
                {
                    json.WritePropertyName(cbor.ReadTextString());
                    WriteItem(cbor, json, depth + 1);
                }

                cbor.ReadEndMap();
                json.WriteEndObject();
                break;
            case CborReaderState.StartArray:
                cbor.ReadStartArray();
                json.WriteStartArray();
                while (cbor.PeekState() != CborReaderState.EndArray)
                    WriteItem(cbor, json, depth + 1);
                cbor.ReadEndArray();
                json.WriteEndArray();
                break;
            case CborReaderState.Tag:
                // Only tag 1 (epoch seconds) has a meaning here; what any tag holds stands for itself.
                cbor.ReadTag();
                WriteItem(cbor, json, depth + 1);
                break;
            default:
                WriteScalar(cbor, json);
                break;
        }
    }

    private static void WriteScalar(CborReader cbor, Utf8JsonWriter json)
    {
        switch (cbor.PeekState())
        {
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                json.WriteStringValue(cbor.ReadTextString());
                break;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                json.WriteBase64StringValue(cbor.ReadByteString());
                break;
            case CborReaderState.UnsignedInteger:
                json.WriteNumberValue(cbor.ReadUInt64());
                break;
            case CborReaderState.NegativeInteger:
                json.WriteNumberValue(cbor.ReadInt64());
                break;
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                AwsJson.WriteReal(json, cbor.ReadDouble());
                break;
            case CborReaderState.Boolean:
                json.WriteBooleanValue(cbor.ReadBoolean());
                break;
            case CborReaderState.Null or CborReaderState.SimpleValue:
                cbor.SkipValue();
                json.WriteNullValue();
                break;
            default:
                throw AwsException.Serialization("The body is not valid CBOR.");
        }
    }
}
