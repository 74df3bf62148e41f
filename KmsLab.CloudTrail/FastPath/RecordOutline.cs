using System.Runtime.CompilerServices;
using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Where the fields of one record stand in its bytes. A reader has one, and uses it again for each record.</summary>
internal sealed class RecordOutline
{
    private readonly Slice[] _slices = new Slice[(int)Field.Count];

    /// <summary>A bit for each field that the record has; the places of others are those of an earlier record.</summary>
    private ulong _noted;

    /// <summary>Whether all texts that were noted are printable ASCII without escapes, so that their bytes are what they say.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether a field may stand more than once; its last value is the one that is noted.</summary>
    public bool MayRepeat { get; set; }

    /// <summary>A field's place; the default if the record has none.</summary>
    public Slice this[Field field] => Has(field) ? _slices[(int)field] : default;

    /// <summary>Whether the record has a field, be it null.</summary>
    public bool Has(Field field) => (_noted & (1UL << (int)field)) != 0;

    /// <summary>The places of all fields, by <see cref="Field"/>.</summary>
    public ReadOnlySpan<Slice> All()
    {
        for (var field = 0; field < _slices.Length; field++)
            _slices[field] = this[(Field)field];
        return _slices;
    }

    /// <summary>Forgets the record before.</summary>
    public void Clear() => (_noted, IsPlain, MayRepeat) = (0, true, false);

    /// <summary>Notes a field's place.</summary>
    /// <param name="field">The field, as a <see cref="Field"/>.</param>
    /// <param name="start">Its first byte, for a text the opening quote.</param>
    /// <param name="length">Its bytes, for a text with both quotes.</param>
    /// <param name="type">What it is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(byte field, int start, int length, JsonTokenType type)
    {
        MayRepeat |= (_noted & (1UL << field)) != 0;
        _noted |= 1UL << field;
        _slices[field] = new Slice(start, length, type);
    }

    /// <summary>Notes all fields.</summary>
    public void Note(ReadOnlySpan<Slice> slices)
    {
        for (var field = 0; field < slices.Length; field++)
        {
            if (slices[field].Type != JsonTokenType.None)
                Note((byte)field, slices[field].Start, slices[field].Length, slices[field].Type);
        }
    }
}
