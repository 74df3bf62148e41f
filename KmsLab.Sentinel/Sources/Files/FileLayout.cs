using System.Text.Json;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>How records lie in a file.</summary>
internal enum FileLayout
{
    /// <summary>A list in an object, as CloudTrail's delivery files are: <c>{"Records":[...]}</c>, <c>{"Events":[...]}</c>.</summary>
    Delivery,

    /// <summary>A list: <c>[...]</c>.</summary>
    List,

    /// <summary>A table of comma-separated values.</summary>
    Table,

    /// <summary>One record a line.</summary>
    Lines,

    /// <summary>Records one after the other, over several lines each.</summary>
    Values,

    /// <summary>A digest: it proves delivery files unchanged and holds no records.</summary>
    Digest,

    /// <summary>Nothing of CloudTrail's.</summary>
    Unrelated,
}

/// <summary>Tells a file's layout from its beginning.</summary>
/// <remarks>
/// Digest files lie beside the delivery files and end in <c>.json.gz</c> as they do
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html).
/// </remarks>
internal static class FileLayouts
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 100_000, AllowMultipleValues = true };

    /// <summary>Looks at the first JSON value.</summary>
    /// <param name="head">The beginning of the file, or of what follows a list of records; starts with the value's first byte.</param>
    /// <returns>The layout, and for <see cref="FileLayout.Delivery"/> where the first record may begin, else 0.</returns>
    public static (FileLayout Layout, int Start) Recognize(ReadOnlySpan<byte> head)
    {
        if (head[..Math.Max(0, head.IndexOf((byte)'\n'))] is { IsEmpty: false } first && CsvRows.IsHeader(first))
            return (FileLayout.Table, 0);

        var (layout, start) = RecognizeValue(head);
        // One bad line must not hide the good ones after it.
        for (var rest = head; layout == FileLayout.Unrelated && rest.IndexOf((byte)'\n') is var end and >= 0;)
        {
            if (IsPrefixed(rest[..end]))
                return (FileLayout.Lines, 0);
            rest = rest[(end + 1)..];
            if (RecognizeValue(rest).Layout == FileLayout.Lines)
                return (FileLayout.Lines, 0);
        }

        return (layout, start);
    }

    /// <summary>Whether a record follows a time and the name of a stream, as CloudWatch Logs exports and prints it.</summary>
    private static bool IsPrefixed(ReadOnlySpan<byte> line) =>
        line[..Math.Min(line.Length, 300)].IndexOf("{\""u8) is > 0 and var start && RecognizeValue(line[start..]).Layout is FileLayout.Lines or FileLayout.Values;

    private static (FileLayout Layout, int Start) RecognizeValue(ReadOnlySpan<byte> head)
    {
        var (isRecord, isDigest) = (false, false);
        var reader = new Utf8JsonReader(head, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            if (!reader.Read())
                return (FileLayout.Unrelated, 0);
            if (reader.TokenType == JsonTokenType.StartArray)
                return IsListOfMore(ref reader) ? (FileLayout.List, 1) : (FileLayout.Unrelated, 0);
            if (reader.TokenType == JsonTokenType.String)
                return reader.ValueSpan.IndexOf("event"u8) >= 0 ? (FileLayout.Lines, 0) : (FileLayout.Unrelated, 0);
            if (reader.TokenType != JsonTokenType.StartObject)
                return (FileLayout.Unrelated, 0);

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isRecords = Wrapping.IsList(ref reader);
                isRecord |= Wrapping.IsMember(ref reader) || reader.ValueTextEquals("eventSource"u8) || reader.ValueTextEquals("eventID"u8) || reader.ValueTextEquals("eventVersion"u8);
                isDigest |= reader.ValueTextEquals("digestStartTime"u8) || reader.ValueTextEquals("digestS3Bucket"u8);
                if (isRecords && reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                    return (FileLayout.Delivery, (int)reader.BytesConsumed);
                if (!reader.TrySkip())
                    break;
            }
        }
        catch (JsonException)
        {
            return (FileLayout.Unrelated, 0);
        }

        return isDigest ? (FileLayout.Digest, 0)
            : !isRecord ? (FileLayout.Unrelated, 0)
            : (IsOneALine(head, (int)reader.BytesConsumed) ? FileLayout.Lines : FileLayout.Values, 0);
    }

    private static bool IsListOfMore(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.String or JsonTokenType.EndArray;

    /// <summary>Firehose puts one value after the other without a line's end.</summary>
    private static bool IsOneALine(ReadOnlySpan<byte> head, int end) =>
        !head[..end].Contains((byte)'\n') && !(head[end..].TrimStart(" \t"u8) is [(byte)'{', ..]);
}
