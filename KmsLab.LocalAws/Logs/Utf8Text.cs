using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace KmsLab.LocalAws.Logs;

/// <summary>
/// A JSON string as UTF-8 bytes. Messages come in as UTF-8, are stored and filtered as UTF-8 and go out as UTF-8: strings between would cost more than all the rest.
/// </summary>
internal sealed class Utf8Text : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("Not a string.");
        if (!reader.ValueIsEscaped)
            return Utf8.IsValid(reader.ValueSpan) ? reader.ValueSpan.ToArray() : throw new JsonException("Not UTF-8.");

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            // Refuses what is not UTF-8 as well.
            return buffer.AsSpan(0, reader.CopyString(buffer)).ToArray();
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("Not UTF-8, or half of a surrogate pair.", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
