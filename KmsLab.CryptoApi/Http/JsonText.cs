using System.Text.Encodings.Web;
using System.Text.Json;

namespace KmsLab.CryptoApi.Http;

/// <summary>A 200 whose JSON is written from UTF-8 bytes, so that a decrypted text never becomes a string that lingers in memory.</summary>
internal static class JsonText
{
    // Only what JSON itself demands is escaped: no HTML embeds this, and the lab's clients compare the text as it stands.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object of string members.</summary>
    public static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> members, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(response.BodyWriter, Options);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush(); // Into the response's buffer: now its length is known, and it need not go out in chunks.
        response.ContentLength = json.BytesCommitted;
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
