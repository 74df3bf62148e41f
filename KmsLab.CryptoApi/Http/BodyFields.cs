using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace KmsLab.CryptoApi.Http;

/// <summary>The strings of a JSON body, in UTF-8. Disposing it zeroes them.</summary>
/// <remarks>
/// Strict about the fields it was asked for: exact names, each at most once, strings only, well-formed Unicode only (a lone surrogate has no UTF-8).
/// Other fields are ignored, so that a client may send more than this version knows.
/// </remarks>
internal sealed class BodyFields : IDisposable
{
    private readonly Dictionary<string, byte[]> _values = [];

    private BodyFields()
    {
    }

    /// <summary>A field's value; null when it was optional and left out.</summary>
    public byte[]? this[BodyField field] => _values.GetValueOrDefault(field.Name);

    /// <summary>Reads the body of <paramref name="request"/>.</summary>
    /// <exception cref="RefusedRequestException">It is not what was asked for; the exception names the field.</exception>
    public static async Task<BodyFields> ReadAsync(HttpRequest request, int limit, BodyField[] asked, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, limit, cancellationToken);
        try
        {
            return Parse(body, asked);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <summary>Parses a JSON object.</summary>
    /// <exception cref="RefusedRequestException">It is not what was asked for; the exception names the field.</exception>
    public static BodyFields Parse(ReadOnlySpan<byte> body, BodyField[] asked)
    {
        var fields = new BodyFields();
        try
        {
            fields.ReadObject(WithoutByteOrderMark(body), asked);
            foreach (var field in asked)
                fields.Check(field);
            return fields;
        }
        catch (JsonException malformed)
        {
            fields.Dispose();
            throw Bad("body", $"The body is not valid JSON (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}).");
        }
        catch
        {
            fields.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var value in _values.Values)
            CryptographicOperations.ZeroMemory(value);
    }

    private void ReadObject(ReadOnlySpan<byte> json, BodyField[] asked)
    {
        if (json.IsEmpty)
            throw Bad("body", $"The body is empty: send a JSON object with {string.Join(" and ", asked.Where(field => field.Required).Select(field => field.Name))}.");

        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Bad("body", "The body must be a JSON object.");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = Named(ref reader, asked);
            reader.Read();
            if (field is null)
                reader.Skip();
            else if (_values.ContainsKey(field.Name))
                throw Bad(field.Name, $"{field.Name} is there more than once.");
            else
                _values.Add(field.Name, Copy(ref reader, field));
        }

        reader.Read(); // Throws when anything follows the object.
    }

    private static BodyField? Named(ref Utf8JsonReader reader, BodyField[] asked)
    {
        foreach (var field in asked)
        {
            if (reader.ValueTextEquals(field.Name))
                return field;
        }

        return null;
    }

    private static byte[] Copy(ref Utf8JsonReader reader, BodyField field)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Bad(field.Name, $"{field.Name} must be a string.");
        if (!Utf8.IsValid(reader.ValueSpan))
            throw Bad(field.Name, $"{field.Name} is not valid UTF-8.");

        var value = new byte[reader.ValueSpan.Length];
        try
        {
            var length = reader.CopyString(value);
            return length == value.Length ? value : Shorten(value, length);
        }
        catch (InvalidOperationException) // An escape such as \ud800 without its other half.
        {
            CryptographicOperations.ZeroMemory(value);
            throw Bad(field.Name, $"{field.Name} contains half of a surrogate pair, which is no character.");
        }
    }

    private static byte[] Shorten(byte[] unescaped, int length)
    {
        var value = unescaped.AsSpan(0, length).ToArray();
        CryptographicOperations.ZeroMemory(unescaped);
        return value;
    }

    private void Check(BodyField field)
    {
        if (!_values.TryGetValue(field.Name, out var value))
        {
            if (field.Required)
                throw Bad(field.Name, $"{field.Name} is missing (field names are case-sensitive).");
            return;
        }

        if (value.Length == 0 && !field.MayBeEmpty)
            throw Bad(field.Name, $"{field.Name} is empty.");
        if (field.MaxCharacters is { } characters && Characters(value) > characters)
            throw new RefusedRequestException(field.TooLongStatus, field.Name, $"{field.Name} is longer than {characters} characters.");
        if (value.Length > field.MaxBytes)
            throw new RefusedRequestException(field.TooLongStatus, field.Name, $"{field.Name} is longer than {field.MaxBytes} bytes of UTF-8.");
    }

    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        for (; Rune.DecodeFromUtf8(utf8, out _, out var consumed) == OperationStatus.Done; count++)
            utf8 = utf8[consumed..];
        return count;
    }

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body["\uFEFF"u8.Length..] : body;

    private static RefusedRequestException Bad(string field, string message) => new(StatusCodes.Status400BadRequest, field, message);
}
