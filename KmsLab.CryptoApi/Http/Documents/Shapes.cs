using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace KmsLab.CryptoApi.Http.Documents;

// What the OpenAPI document says of bodies. Requests are read by BodyFields, not bound to these: their secrets must not become strings.

/// <summary>A text to store.</summary>
internal sealed record EncryptRequest(
    [property: JsonPropertyName("Name"), Required, Description("1 to 256 characters.")] string Name,
    [property: JsonPropertyName("Text"), Required, Description("0 bytes to 1 MiB of UTF-8.")] string Text,
    [property: JsonPropertyName("Key"), Description("The current Key, to replace a text whose Name is taken.")] string? Key = null);

/// <summary>A record, and the Key that opens it.</summary>
internal sealed record KeyedRequest(
    [property: JsonPropertyName("Name"), Required, Description("1 to 256 characters.")] string Name,
    [property: JsonPropertyName("Key"), Required, Description("What /encrypt returned for it.")] string Key);

/// <summary>Stored. Nobody but the caller has the Key.</summary>
internal sealed record EncryptAnswer([property: JsonPropertyName("Message")] string Message, [property: JsonPropertyName("Key")] string Key);

/// <summary>The text.</summary>
internal sealed record DecryptAnswer([property: JsonPropertyName("Text")] string Text);

/// <summary>Done.</summary>
internal sealed record DoneAnswer([property: JsonPropertyName("Message")] string Message);
