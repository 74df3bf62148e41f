namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Where a record stands, for people: told only where it matters.</summary>
/// <param name="File">Its file.</param>
/// <param name="Number">Its number in the file, or the byte at which it begins; null for the file as a whole.</param>
/// <param name="IsByte">Which of the two it is.</param>
internal readonly record struct RecordOrigin(string File, long? Number, bool IsByte) : IComparable<RecordOrigin>
{
    public int CompareTo(RecordOrigin other) =>
        string.CompareOrdinal(File, other.File) is var files and not 0 ? files : Nullable.Compare(Number, other.Number);

    public override string ToString() => Number is null ? File : IsByte ? $"{File}@{Number}" : $"{File}#{Number}";
}
