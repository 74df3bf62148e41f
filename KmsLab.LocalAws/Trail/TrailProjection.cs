using System.Collections;
using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>Writes a request or response as CloudTrail shows it: members in camel case, instants in words, and no blob nor secret ever.</summary>
internal static class TrailProjection
{
    /// <summary>Whether anything of it stands on the record; otherwise AWS writes null.</summary>
    public static bool HasContent(Shape shape, object value)
    {
        foreach (var member in shape.Members)
        {
            if (member.IsOnTrail && member.Get(value) is not null)
                return true;
        }

        return false;
    }

    public static void Write(Utf8JsonWriter json, Shape shape, object value)
    {
        json.WriteStartObject();
        foreach (var member in shape.Members)
        {
            if (!member.IsOnTrail || member.Get(value) is not { } content)
                continue;
            json.WritePropertyName(member.EncodedTrailName);
            WriteValue(json, member.Nested, content);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Shape? nested, object content)
    {
        switch (content)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                AwsJson.WriteReal(json, number);
                break;
            case DateTimeOffset instant:
                json.WriteStringValue(RecordWriter.LongInstant(instant));
                break;
            case IDictionary map:
                WriteMap(json, nested, map);
                break;
            case IEnumerable list:
                json.WriteStartArray();
                foreach (var item in list)
                    WriteItem(json, nested, item);
                json.WriteEndArray();
                break;
            default:
                Write(json, nested!, content);
                break;
        }
    }

    private static void WriteMap(Utf8JsonWriter json, Shape? nested, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName((string)entry.Key);
            WriteItem(json, nested, entry.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, Shape? nested, object? item)
    {
        if (item is null)
            json.WriteNullValue();
        else
            WriteValue(json, nested, item);
    }
}
