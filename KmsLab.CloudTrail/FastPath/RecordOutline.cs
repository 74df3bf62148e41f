using System.Runtime.CompilerServices;
using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Where the fields of one record stand in its bytes. A reader has one, and uses it again for each record.</summary>
internal sealed class RecordOutline
{
    private readonly Slice[] _slices = new Slice[(int)Field.Count];
    private ulong _noted;

    /// <summary>The fields' places, by <see cref="Field"/>.</summary>
    public Span<Slice> Slices => _slices;

    /// <summary>Whether all texts that were noted are printable ASCII without escapes, so that their bytes are what they say.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether a field may stand more than once; its last value is the one that is noted.</summary>
    public bool MayRepeat { get; set; }

    /// <summary>Forgets the record before.</summary>
    public void Clear()
    {
        Array.Clear(_slices);
        (_noted, IsPlain, MayRepeat) = (0, true, false);
    }

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
}
