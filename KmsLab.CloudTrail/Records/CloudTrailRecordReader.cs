using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>Reads CloudTrail records, leniently: unknown fields are passed over, missing ones stay missing, odd types are taken for what they say, text that is no Unicode is mended.</summary>
/// <remarks>
/// One forward pass over the UTF-8 notes where the values of <see cref="RecordFields"/> stand; nothing is allocated for it. A record whose
/// <c>eventSource</c> nobody asked for ends the pass at once. Only a record of interest gets its strings made, from the noted places.
/// </remarks>
public static class CloudTrailRecordReader
{
    // requestParameters nest as deep as a service's API does; the default of 64 is meant for web requests.
    internal static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Reads one record. Text in it that is no Unicode is mended, and the record says so.</summary>
    /// <param name="utf8">The record's JSON object.</param>
    /// <param name="interest">Which records to read.</param>
    /// <returns>The record, that it is not of interest, or what is wrong with it. Never throws on content.</returns>
    public static RecordReading Read(ReadOnlySpan<byte> utf8, RecordInterest interest) => Read(utf8, null, interest);

    /// <summary>Reads one record, as above, and keeps its bytes as they are instead of a copy: nobody may change them afterwards.</summary>
    public static RecordReading Read(ReadOnlyMemory<byte> utf8, RecordInterest interest) => Read(utf8.Span, utf8, interest);

    private static RecordReading Read(ReadOnlySpan<byte> utf8, ReadOnlyMemory<byte>? kept, RecordInterest interest)
    {
        var reading = ReadOnce(utf8, kept, interest);
        if (reading.Problem is null || !RecordText.TryMend(utf8, out var mended))
            return reading;

        reading = ReadOnce(mended, null, interest);
        if (reading.Record is not { } record)
            return reading;

        // Ids that differ in what was mended alone must not make one record of two.
        var id = record.EventId.Contains(RecordText.Replacement, StringComparison.Ordinal) ? RecordId.Hash(utf8) : record.Id;
        return reading with { Record = record with { Id = id, IsMended = true } };
    }

    private static RecordReading ReadOnce(ReadOnlySpan<byte> utf8, ReadOnlyMemory<byte>? kept, RecordInterest interest)
    {
        Span<Slice> slices = stackalloc Slice[(int)Field.Count];
        slices.Clear();
        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return RecordReading.Malformed("It is not a JSON object.");

            return NoteFields(ref reader, RecordFields.Record, slices, interest) && !reader.Read()
                ? RecordMaterializer.Make(new RecordSlices(utf8, slices), kept)
                : RecordReading.NotOfInterest;
        }
        catch (JsonException problem)
        {
            return RecordReading.Malformed($"It is not valid JSON: line {problem.LineNumber}, byte {problem.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            return RecordReading.Malformed("It holds text that is not valid Unicode.");
        }
    }

    /// <summary>Notes where the fields of an object stand.</summary>
    /// <returns>False when the record is not of interest.</returns>
    internal static bool NoteFields(ref Utf8JsonReader reader, Property[] properties, scoped Span<Slice> slices, RecordInterest interest)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = Find(ref reader, properties);
            reader.Read();
            if (property is { Properties.Length: > 0 } && reader.TokenType == JsonTokenType.StartObject)
            {
                NoteFields(ref reader, property.Properties, slices, interest);
                continue;
            }

            if (property is { Field: Field.EventSource } && reader.TokenType == JsonTokenType.String && !interest.Includes(ref reader))
                return false;

            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            if (property?.Field is { } field)
                slices[(int)field] = new Slice(start, (int)reader.BytesConsumed - start, type);
        }

        return true;
    }

    internal static Property? Find(ref readonly Utf8JsonReader reader, Property[] properties)
    {
        foreach (var property in properties)
        {
            if (reader.ValueTextEquals(property.Name))
                return property;
        }

        return null;
    }
}
