using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Takes records out of what people and services wrap them in.</summary>
/// <remarks>
/// <c>lookup-events</c> (<c>CloudTrailEvent</c> is a text), EventBridge (<c>detail</c>), CloudWatch Logs (<c>logEvents</c> and <c>filter-log-events</c>, <c>message</c>), its Insights (<c>results</c>), SNS
/// (<c>Message</c>), SQS (<c>body</c>), Kinesis and Lambda (base64, packed), rows of CloudTrail Lake and Athena; in each other as deep as they come. What is
/// none of these stays as it is: the record reader says what is wrong with it, and it is counted.
/// </remarks>
internal static class Wrapping
{
    private const int Deepest = 16;
    private const int LongestPrefix = 300;

    /// <summary>Lists of what is wrapped.</summary>
    private static readonly string[] Lists = ["Records", "records", "Events", "events", "logEvents", "Messages", "QueryResultRows", "results", "sessionResults"];

    /// <summary>Members that hold a record, or the next wrapping.</summary>
    private static readonly string[] Members = ["CloudTrailEvent", "detail", "message", "@message", "Message", "body", "Body", "eventJson", "eventjson", "Sns", "awslogs", "kinesis", "ResultSet", "data", "sessionUpdate"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <summary>Whether an object with a member of that name may wrap records.</summary>
    public static bool IsMember(ref Utf8JsonReader reader) => IsAmong(ref reader, Members) || reader.ValueTextEquals("eventid"u8) || reader.ValueTextEquals("eventname"u8);

    /// <summary>Whether a member of that name is a list of what is wrapped.</summary>
    public static bool IsList(ref Utf8JsonReader reader) => IsAmong(ref reader, Lists);

    /// <summary>What is in it.</summary>
    /// <param name="value">A JSON value, or a line that ends with one.</param>
    /// <returns>Null when it is a record itself, or nothing known.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Unwrap(ReadOnlyMemory<byte> value)
    {
        if (value.Span.StartsWith("{\"eventVersion\":"u8))
            return null;

        var found = new List<ReadOnlyMemory<byte>>();
        try
        {
            using var document = JsonDocument.Parse(value, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object && IsRecord(document.RootElement))
                return null;
            Collect(document.RootElement, found, 0);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // "2026-11-23T12:00:00.000Z {...}": what CloudWatch Logs exports, and what its tail prints.
            var start = value.Span[..Math.Min(value.Length, LongestPrefix)].IndexOf("{\""u8);
            return start > 0 ? Unwrap(value[start..]) ?? [value[start..]] : null;
        }

        // What holds no record at all is one thing that can't be used, whatever is in it.
        return found.Count == 0 || found.Exists(item => item.Span.IndexOf("\"eventTime\""u8) >= 0) ? found : null;
    }

    /// <summary>Takes the records out of one row of a table.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> UnwrapRow(IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        CollectRow(names, values, found, 0);
        return found;
    }

    private static bool IsAmong(ref Utf8JsonReader reader, string[] names)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
                return true;
        }

        return false;
    }

    private static bool IsRecord(JsonElement element) =>
        element.TryGetProperty("eventName", out _) && element.TryGetProperty("eventTime", out _) && !element.TryGetProperty("kinesis", out _);

    private static void Collect(JsonElement element, List<ReadOnlyMemory<byte>> found, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String when depth < Deepest:
                CollectText(element.GetString()!, found, depth);
                break;
            case JsonValueKind.Array when depth < Deepest && IsRow(element):
                var row = element.EnumerateArray().SelectMany(column => column.EnumerateObject()).ToList();
                CollectRow([.. row.Select(column => column.Name)], [.. row.Select(column => ColumnRecord.TextOf(column.Value))], found, depth);
                break;
            case JsonValueKind.Array when depth < Deepest && IsRowOfFields(element):
                CollectRow(
                    [.. element.EnumerateArray().Select(cell => ColumnRecord.TextOf(cell.GetProperty("field")))],
                    [.. element.EnumerateArray().Select(cell => cell.TryGetProperty("value", out var value) ? ColumnRecord.TextOf(value) : "")], found, depth);
                break;
            case JsonValueKind.Array when depth < Deepest:
                foreach (var item in element.EnumerateArray())
                    Collect(item, found, depth + 1);
                break;
            case JsonValueKind.Object when depth < Deepest && !IsRecord(element):
                CollectObject(element, found, depth);
                break;
            default:
                found.Add(Encoding.UTF8.GetBytes(element.GetRawText()));
                break;
        }
    }

    /// <summary>CloudTrail Lake answers rows as lists of objects with one column each.</summary>
    private static bool IsRow(JsonElement element) =>
        element.GetArrayLength() > 0 && element.EnumerateArray().All(column => column.ValueKind == JsonValueKind.Object && column.EnumerateObject().Take(2).Count() == 1
            && ColumnRecord.IsColumn(column.EnumerateObject().First().Name));

    /// <summary>CloudWatch Logs Insights answers rows as lists of fields and values.</summary>
    private static bool IsRowOfFields(JsonElement element) => element.GetArrayLength() > 0
        && element.EnumerateArray().All(cell => cell.ValueKind == JsonValueKind.Object && cell.TryGetProperty("field", out var field) && field.ValueKind == JsonValueKind.String);

    private static void CollectObject(JsonElement element, List<ReadOnlyMemory<byte>> found, int depth)
    {
        if (element.TryGetProperty("messageType", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("CONTROL_MESSAGE"))
            return; // CloudWatch Logs tries whether its destination is there.

        if (element.TryGetProperty("Rows", out var rows) && rows.ValueKind == JsonValueKind.Array)
        {
            CollectAthena(rows, found, depth);
            return;
        }

        foreach (var name in Lists.Concat(Members))
        {
            if (!element.TryGetProperty(name, out var member) || member.ValueKind is not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object))
                continue;

            Collect(member, found, depth + 1);
            return;
        }

        var columns = element.EnumerateObject().ToList();
        if (columns.Exists(column => string.Equals(column.Name, "eventname", StringComparison.OrdinalIgnoreCase)))
            found.Add(ColumnRecord.Of([.. columns.Select(column => column.Name)], [.. columns.Select(column => ColumnRecord.TextOf(column.Value))]));
        else
            found.Add(Encoding.UTF8.GetBytes(element.GetRawText()));
    }

    /// <summary>Athena's <c>get-query-results</c>: the first row has the names.</summary>
    private static void CollectAthena(JsonElement rows, List<ReadOnlyMemory<byte>> found, int depth)
    {
        IReadOnlyList<string>? names = null;
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("Data", out var data) || data.ValueKind != JsonValueKind.Array)
                continue;

            List<string> values = [.. data.EnumerateArray().Select(cell =>
                cell.ValueKind == JsonValueKind.Object && cell.TryGetProperty("VarCharValue", out var text) ? ColumnRecord.TextOf(text) : "")];
            if (names is null)
                names = values;
            else
                CollectRow(names, values, found, depth);
        }
    }

    private static void CollectRow(IReadOnlyList<string> names, IReadOnlyList<string> values, List<ReadOnlyMemory<byte>> found, int depth)
    {
        for (var column = 0; column < Math.Min(names.Count, values.Count); column++)
        {
            if (names[column].ToLowerInvariant() is "eventjson" or "cloudtrailevent" or "@message" or "message" && values[column].Length > 0)
            {
                CollectText(values[column], found, depth + 1);
                return;
            }
        }

        found.Add(ColumnRecord.Of(names, values));
    }

    private static void CollectText(string text, List<ReadOnlyMemory<byte>> found, int depth)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!text.AsSpan().TrimStart().StartsWith('{') && !text.AsSpan().TrimStart().StartsWith('['))
            bytes = Decoded(text) ?? bytes;
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 256, AllowMultipleValues = true });
            while (reader.Read())
            {
                using var document = JsonDocument.ParseValue(ref reader);
                Collect(document.RootElement, found, depth + 1);
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            found.Add(bytes);
        }
    }

    /// <summary>Base64, and packed as CloudWatch Logs packs what it sends.</summary>
    private static byte[]? Decoded(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            return null;
        if (!(length > 2 && bytes is [0x1F, 0x8B, ..]))
            return bytes[..length];

        try
        {
            using var unpacked = new GZipStream(new MemoryStream(bytes, 0, length), CompressionMode.Decompress);
            var content = new byte[RecordFile.LongestRecord];
            return content[..unpacked.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
