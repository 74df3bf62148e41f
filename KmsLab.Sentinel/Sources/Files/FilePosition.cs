using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>How far a file has been read. It says nothing of a file whose length or time has changed since.</summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its length in bytes when it was opened.</param>
/// <param name="ModifiedAt">When it had last been written to, Unix milliseconds.</param>
/// <param name="Layout">How records lie at <paramref name="Offset"/>; null where that has to be found out.</param>
/// <param name="Offset">Where to go on, in bytes of the unpacked file.</param>
/// <param name="Records">How many records stand before <paramref name="Offset"/>.</param>
/// <param name="Skip">How many of the records from <paramref name="Offset"/> on have been taken already.</param>
/// <param name="Done">Whether nothing is left to read.</param>
internal sealed record FilePosition(string Path, long Length, long ModifiedAt, FileLayout? Layout, long Offset, long Records, long Skip, bool Done) : IReadPosition
{
    /// <summary>The beginning of a file.</summary>
    public static FilePosition StartOf(FileInfo file) =>
        new(file.FullName, file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds(), null, 0, 0, 0, false);

    /// <summary>Whether it is the same file, unchanged.</summary>
    public bool IsOf(FilePosition start) => Path == start.Path && Length == start.Length && ModifiedAt == start.ModifiedAt;
}

/// <summary>A few records of one file.</summary>
/// <param name="Events">The records; their bytes are the page's own.</param>
/// <param name="Before">Where the page begins.</param>
/// <param name="After">Where to go on after it.</param>
internal sealed record FilePage(IReadOnlyList<SourceEvent> Events, FilePosition Before, FilePosition After)
{
    /// <summary>Where to go on when only the first <paramref name="count"/> events of the page have been taken.</summary>
    public FilePosition AfterFirst(int count) => count == Events.Count ? After : Before with { Skip = Before.Skip + count };
}
