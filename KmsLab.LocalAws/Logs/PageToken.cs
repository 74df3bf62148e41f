using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace KmsLab.LocalAws.Logs;

/// <summary>A <c>nextToken</c>: where the page before ended. Opaque to clients, and refused where it was not given out.</summary>
internal static class PageToken
{
    public static string Write(params string[] parts) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts, LogsJson.Default.StringArray));

    /// <exception cref="Wire.AwsException">InvalidParameterException.</exception>
    public static string[]? Read(string? token, int parts)
    {
        if (token is null)
            return null;

        try
        {
            if (JsonSerializer.Deserialize(Base64Url.DecodeFromChars(token), LogsJson.Default.StringArray) is { } read && read.Length == parts)
                return read;
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException)
        {
            // Not one of ours: told below.
        }

        throw Invalid();
    }

    public static Wire.AwsException Invalid() => LogGroups.Invalid("The specified nextToken is invalid.");
}
