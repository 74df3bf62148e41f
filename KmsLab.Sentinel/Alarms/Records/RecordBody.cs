using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KmsLab.Sentinel.Alarms.Records;

/// <summary>A record as an alarm keeps it: compressed, with the values of secrets masked that CloudTrail itself let through.</summary>
internal static class RecordBody
{
    private const string Masked = "HIDDEN_DUE_TO_SECURITY_REASONS";
    private const int Quality = 4;
    private const int Window = 18;

    /// <summary>Names of members whose values are secrets, without regard to case. AssumeRole's record has a session token, for one.</summary>
    private static readonly string[] Secrets =
        ["password", "secretaccesskey", "secretkey", "sessiontoken", "secretstring", "secretbinary", "secretvalue", "plaintext", "privatekey", "privatekeyplaintext", "clientsecret", "authtoken"];

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };
    private static readonly JsonSerializerOptions Compact = new() { MaxDepth = 256, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, MaxDepth = 256, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Empty where the record can't be read.</returns>
    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return [];

        ReadOnlySpan<byte> safe = HasSecret(json) ? Mask(json) : json;
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(safe.Length)];
        return BrotliEncoder.TryCompress(safe, packed, out var written, Quality, Window) ? packed[..written] : [];
    }

    /// <returns>The record's JSON, UTF-8; empty for none.</returns>
    public static byte[] Unpack(byte[] packed)
    {
        if (packed.Length == 0)
            return [];

        using var from = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }

    /// <summary>The record in lines, for people.</summary>
    public static string Indented(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Reading)!.ToJsonString(Readable);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return System.Text.Encoding.UTF8.GetString(json); // Text that is no Unicode: as it came.
        }
    }

    /// <summary>A quick look: most records have none of the names, and stay as they came, byte for byte.</summary>
    private static bool HasSecret(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Reading.MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && IsSecret(reader.GetString()!))
                    return true;
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }

        return false;
    }

    private static ReadOnlySpan<byte> Mask(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Reading.MaxDepth });
        var root = JsonNode.Parse(ref reader)!;
        Mask(root);
        return JsonSerializer.SerializeToUtf8Bytes(root, Compact);
    }

    private static void Mask(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    Mask(item);
                break;
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (IsSecret(name) && value is not null)
                        members[name] = Masked;
                    else
                        Mask(value);
                }

                break;
        }
    }

    private static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);
}
