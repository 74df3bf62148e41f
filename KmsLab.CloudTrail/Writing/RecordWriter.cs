using System.Globalization;
using System.Text.Json;

namespace KmsLab.CloudTrail.Writing;

/// <summary>Writes CloudTrail records in the shape and order in which CloudTrail does.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html</remarks>
public static class RecordWriter
{
    /// <summary>The version of the record format that is written.</summary>
    public const string EventVersion = "1.11";

    // errorCode, errorMessage and userAgent are capped at 1 KB.
    private const int TextLimit = 1024;

    /// <summary>Writes one record.</summary>
    public static void Write(Utf8JsonWriter json, in RecordedCall call)
    {
        json.WriteStartObject();
        json.WriteString("eventVersion"u8, EventVersion);
        json.WritePropertyName("userIdentity"u8);
        json.WriteRawValue(call.Identity.Json, skipInputValidation: true);
        WriteWhatAndWhere(json, call);
        WriteOutcome(json, call);
        WriteIds(json, call);
        WriteResources(json, call);
        WriteCategory(json, call);
        json.WriteEndObject();
    }

    /// <summary>An instant as records write it: <c>2026-11-23T21:04:05Z</c>.</summary>
    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant inside request parameters and response elements: <c>Nov 23, 2026, 9:04:05 PM</c>.</summary>
    public static string LongInstant(DateTimeOffset time) => time.UtcDateTime.ToString("MMM d, yyyy, h:mm:ss tt", CultureInfo.InvariantCulture);

    private static void WriteWhatAndWhere(Utf8JsonWriter json, in RecordedCall call)
    {
        Span<byte> time = stackalloc byte[20];
        call.Time.UtcDateTime.TryFormat(time, out var written, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        json.WriteString("eventTime"u8, time[..written]);
        json.WriteString("eventSource"u8, call.Source);
        json.WriteString("eventName"u8, call.Name);
        json.WriteString("awsRegion"u8, call.Region);
        json.WriteString("sourceIPAddress"u8, call.SourceIp);
        if (call.UserAgent is { } userAgent)
            json.WriteString("userAgent"u8, Cut(userAgent));
    }

    private static void WriteOutcome(Utf8JsonWriter json, in RecordedCall call)
    {
        if (call.ErrorCode is { } code)
        {
            json.WriteString("errorCode"u8, Cut(code));
            if (call.ErrorMessage is { Length: > 0 } message)
                json.WriteString("errorMessage"u8, Cut(message));
        }

        WriteValue(json, "requestParameters"u8, call.RequestParameters);
        WriteValue(json, "responseElements"u8, call.ResponseElements);
        WriteMap(json, "additionalEventData"u8, call.AdditionalEventData);
    }

    private static void WriteIds(Utf8JsonWriter json, in RecordedCall call)
    {
        if (call.RequestId is { } requestId)
            json.WriteString("requestID"u8, requestId);
        json.WriteString("eventID"u8, call.EventId);
        json.WriteBoolean("readOnly"u8, call.ReadOnly);
    }

    private static void WriteResources(Utf8JsonWriter json, in RecordedCall call)
    {
        if (call.Resources.IsEmpty)
            return;

        json.WriteStartArray("resources"u8);
        foreach (var resource in call.Resources)
        {
            json.WriteStartObject();
            json.WriteString("accountId"u8, call.Account);
            json.WriteString("type"u8, resource.Type);
            json.WriteString("ARN"u8, resource.Arn);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCategory(Utf8JsonWriter json, in RecordedCall call)
    {
        json.WriteString("eventType"u8, call.EventType);
        json.WriteBoolean("managementEvent"u8, !call.IsDataEvent);
        json.WriteString("recipientAccountId"u8, call.Account);
        WriteMap(json, "serviceEventDetails"u8, call.ServiceEventDetails);
        json.WriteString("eventCategory"u8, call.IsDataEvent ? "Data"u8 : "Management"u8);
        if (call.Host is null && call.Tls is null)
            return;

        json.WriteStartObject("tlsDetails"u8);
        if (call.Tls is { } tls)
        {
            json.WriteString("tlsVersion"u8, tls.Version);
            json.WriteString("cipherSuite"u8, tls.CipherSuite);
        }

        if (call.Host is { } host)
            json.WriteString("clientProvidedHostHeader"u8, host);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> name, Action<Utf8JsonWriter>? write)
    {
        json.WritePropertyName(name);
        if (write is null)
            json.WriteNullValue();
        else
            write(json);
    }

    private static void WriteMap(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? map)
    {
        if (map is null)
            return;

        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<char> Cut(string text) => text.Length <= TextLimit ? text : text.AsSpan(0, TextLimit);
}
