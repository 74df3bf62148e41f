using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>What a <see cref="FastRecordReader"/> made of some bytes.</summary>
public enum FastReading
{
    /// <summary>
    /// It can't tell: ask <see cref="FastRecordReader.ReadLeniently"/>, and then the <see cref="CloudTrailRecordReader"/>.
    /// </summary>
    Unknown,

    /// <summary>A record whose event source nobody asked for.</summary>
    NotOfInterest,

    /// <summary>A record that is valid JSON.</summary>
    Record,
}

/// <summary>
/// Finds the fields of CloudTrail records in their bytes, several million times a second: it remembers the shapes of records, which are
/// few, from those that it read leniently. One thread's.
/// </summary>
/// <remarks>
/// Whatever it says of a record is what <see cref="CloudTrailRecordReader"/> says of it. What it learns is bounded in memory and in time: a
/// file in which no record is like another costs what the lenient reader costs, and a little.
/// </remarks>
/// <param name="interest">Which records to read.</param>
public sealed class FastRecordReader(RecordInterest interest)
{
    /// <summary>Bytes beyond a record that must be there to read too, or it may stay unknown.</summary>
    public const int Slack = ShapeEdge.Size;

    /// <summary>Records that it may learn at once.</summary>
    private const int MostCredit = 2000;

    /// <summary>After so many records it may learn one more.</summary>
    private const int RecordsACredit = 64;

    private readonly RecordOutline _outline = new();
    private ShapeTable _shapes = new();
    private ShapeReader? _reader;
    private ShapeTeacher? _teacher;
    private int _credit = MostCredit;
    private int _records;

    /// <summary>How many records it read in a shape that it knew.</summary>
    public long Fast { get; private set; }

    /// <summary>How many records it was asked to read leniently.</summary>
    public long Lenient { get; private set; }

    /// <summary>Reads the record that begins with the first byte, if its shape is known.</summary>
    /// <param name="text">The record, and what follows it.</param>
    /// <param name="record">The record; what it says is good until the next one is read.</param>
    /// <returns>What it is. Of a record that is not of interest, only what stands before its event source was read.</returns>
    public FastReading Read(ReadOnlySpan<byte> text, out RecordView record)
    {
        _reader ??= new(_shapes, interest);
        var end = _reader.Read(text, _outline);
        Fast++;
        if (end >= 0)
        {
            record = new(text[..end], _outline);
            return FastReading.Record;
        }

        record = default;
        if (end == ShapeReader.NotOfInterest)
            return FastReading.NotOfInterest;

        Fast--;
        return FastReading.Unknown;
    }

    /// <summary>Reads one record whatever its shape, and learns it.</summary>
    /// <param name="json">The record, without anything around it.</param>
    /// <param name="record">The record; what it says is good until the next one is read.</param>
    /// <returns>What it is; unknown where it is no JSON object, or text that matters is no Unicode.</returns>
    public FastReading ReadLeniently(ReadOnlySpan<byte> json, out RecordView record)
    {
        Lenient++;
        record = default;
        try
        {
            _outline.Clear();
            Span<Slice> slices = stackalloc Slice[(int)Field.Count];
            slices.Clear();
            var reader = new Utf8JsonReader(json, CloudTrailRecordReader.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return FastReading.Unknown;
            if (!CloudTrailRecordReader.NoteFields(ref reader, RecordFields.Record, slices, interest))
                return FastReading.NotOfInterest;
            if (reader.Read())
                return FastReading.Unknown;
            Describe(json, slices);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return FastReading.Unknown;
        }

        Learn(json);
        record = new(json, _outline);
        return FastReading.Record;
    }

    private void Describe(ReadOnlySpan<byte> json, ReadOnlySpan<Slice> slices)
    {
        _outline.Note(slices);
        foreach (var slice in slices)
            _outline.IsPlain &= slice.Type is JsonTokenType.None || PlainText.Is(json.Slice(slice.Start, slice.Length));
        _outline.MayRepeat = MayRepeat(json, Field.EventTime, "\"eventTime\""u8) || MayRepeat(json, Field.EventSource, "\"eventSource\""u8);
    }

    /// <summary>Whether a member's name may stand before the value that is noted; a name may be written with escapes.</summary>
    private bool MayRepeat(ReadOnlySpan<byte> json, Field field, ReadOnlySpan<byte> name)
    {
        var before = json[.._outline[field].Start].TrimEnd(" \t\r\n:"u8);
        return before.Contains((byte)'\\') || before.IndexOf(name) != before.Length - name.Length;
    }

    private void Learn(ReadOnlySpan<byte> json)
    {
        var records = (int)((Fast + Lenient) / RecordsACredit);
        _credit = Math.Min(MostCredit, _credit + records - _records);
        _records = records;
        if (_credit <= 0)
            return;

        _credit--;
        if (_shapes.IsFull)
            (_shapes, _reader, _teacher) = (new(), null, null);
        _teacher ??= new(_shapes);
        _teacher.Learn(json);
    }
}
