using System.Text;
using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Adds the shape of a record to those that are known.</summary>
/// <remarks>
/// It goes over a record that the lenient reader has read, value by value, with the same list of fields. Bytes between values that hold
/// more than printable ASCII, and names with escapes, are not learned: such records stay with the lenient reader.
/// </remarks>
internal sealed class ShapeTeacher(ShapeTable shapes)
{
    private const int LongestRecord = 64 * 1024;
    private const int Deepest = 24;

    /// <summary>Parts a path from the next name; no name holds it as it is.</summary>
    private const char Separator = '\u0001';

    private readonly Stack<Frame> _frames = [];
    private readonly List<ShapeMark> _marks = [];
    private readonly StringBuilder _path = new();

    /// <summary>Where the bytes of the next edge begin.</summary>
    private int _from;

    private int _state;

    /// <summary>Learns a record's shape, or as much of it as there is room for.</summary>
    /// <param name="record">One JSON object that the lenient reader has read to its end, without anything around it.</param>
    public void Learn(ReadOnlySpan<byte> record)
    {
        if (record.Length > LongestRecord)
            return;

        _frames.Clear();
        _marks.Clear();
        (_from, _state) = (0, ShapeTable.Begin);
        var reader = new Utf8JsonReader(record, CloudTrailRecordReader.Options);
        while (_state >= 0 && reader.Read())
            Take(ref reader, record);
        if (_state >= 0)
            Add(record[_from..], EdgeEnd.Record, ShapeEdge.NoField, isNoted: false, path: $"{Separator}end");
    }

    private void Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> record)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _frames.Peek().Name(ref reader);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Open(reader.TokenType, start);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                if (_frames.Pop() is { Field: { } closed } frame && !IsInField)
                    _marks.Add(new((int)reader.BytesConsumed - _from, 0, MarkKind.Closes, (byte)closed, frame.Type));
                break;
            case JsonTokenType.String:
                Add(record[_from..(start + 1)], EdgeEnd.Text, FieldHere, IsNotedHere, PathHere('"'));
                _from = (int)reader.BytesConsumed - 1;
                break;
            case JsonTokenType.Number:
                Add(record[_from..start], EdgeEnd.Number, FieldHere, IsNotedHere, PathHere('0'));
                _from = (int)reader.BytesConsumed;
                break;
            default:
                if (FieldHere is var field and not ShapeEdge.NoField)
                    _marks.Add(new(start - _from, (byte)(reader.BytesConsumed - start), MarkKind.Literal, field, reader.TokenType));
                break;
        }
    }

    /// <summary>Whether what stands here is inside of a structure that is noted as a whole.</summary>
    private bool IsInField => _frames.TryPeek(out var frame) && (frame.Field is not null || frame.IsInField);

    private bool IsNotedHere => IsInField || FieldHere != ShapeEdge.NoField;

    private byte FieldHere => !IsInField && _frames.Peek().Property?.Field is { } noted ? (byte)noted : ShapeEdge.NoField;

    private void Open(JsonTokenType type, int start)
    {
        if (_frames.Count >= Deepest)
        {
            _state = -1;
            return;
        }

        if (!_frames.TryPeek(out var parent))
        {
            _frames.Push(new(type, RecordFields.Record, null, false));
            return;
        }

        var inside = IsInField;
        var property = inside ? null : parent.Property;
        if (property?.Field is { } noted)
            _marks.Add(new(start - _from, 0, MarkKind.Opens, (byte)noted, type));
        _frames.Push(new(type, type == JsonTokenType.StartObject ? property?.Properties ?? [] : [], property?.Field, inside));
    }

    /// <summary>The path of the value here: the kinds of all structures that are open, and the names in them.</summary>
    private string PathHere(char kind)
    {
        _path.Clear().Append(kind);
        foreach (var frame in _frames)
            _path.Append(Separator).Append(frame.Type == JsonTokenType.StartObject ? '{' : '[').Append(frame.CurrentName);
        return _path.ToString();
    }

    /// <summary>Adds the edge of some bytes, or several where they are too long for one.</summary>
    private void Add(ReadOnlySpan<byte> bytes, EdgeEnd end, byte field, bool isNoted, string path)
    {
        if (!PlainText.Is(bytes))
            _state = -1;

        for (var offset = 0; _state >= 0 && bytes.Length - offset > ShapeEdge.Size; offset += ShapeEdge.Size)
        {
            var part = new ShapeEdge { End = EdgeEnd.Edge, Field = ShapeEdge.NoField };
            _state = shapes.Add(_state, part, bytes.Slice(offset, ShapeEdge.Size), MarksIn(offset, offset + ShapeEdge.Size), path: null);
        }

        if (_state >= 0)
        {
            var last = (bytes.Length - 1) / ShapeEdge.Size * ShapeEdge.Size;
            _state = shapes.Add(
                _state, new ShapeEdge { End = end, Field = field, IsNoted = isNoted }, bytes[last..], MarksIn(last, bytes.Length), path);
        }

        _marks.Clear();
    }

    /// <summary>The marks of a part of the bytes; a structure's end belongs to its bracket.</summary>
    private ShapeMark[] MarksIn(int begin, int end) =>
        [.. _marks
            .Where(mark => (mark.Kind == MarkKind.Closes ? mark.Offset - 1 : mark.Offset) is var at && at >= begin && at < end)
            .Select(mark => mark with { Offset = mark.Offset - begin })];

    /// <summary>An object or array that is open.</summary>
    private sealed class Frame(JsonTokenType type, Property[] properties, Field? noted, bool isInField)
    {
        public JsonTokenType Type => type;

        /// <summary>The field that the whole structure is noted for.</summary>
        public Field? Field => noted;

        /// <summary>Whether it stands in a structure that is noted as a whole.</summary>
        public bool IsInField => isInField;

        /// <summary>The member of an object that was named last, if it matters.</summary>
        public Property? Property { get; private set; }

        /// <summary>Its name, as it is written.</summary>
        public string CurrentName { get; private set; } = "";

        public void Name(ref Utf8JsonReader reader)
        {
            Property = CloudTrailRecordReader.Find(ref reader, properties);
            CurrentName = Encoding.Latin1.GetString(reader.ValueSpan);
        }
    }
}
