using KmsLab.Sentinel.Sources.Files;
using Microsoft.Win32.SafeHandles;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>A file, or the lines of a large one from one place to another: what one thread takes at a time.</summary>
/// <param name="Number">Its place among all pieces.</param>
/// <param name="Start">Where it begins in its file.</param>
/// <param name="Limit">Where it ends in its file; <see cref="long.MaxValue"/> for the file's end.</param>
internal sealed record FilePiece(int Number, FilePosition Start, long Limit)
{
    /// <summary>A part of a file, rather than a whole one.</summary>
    public bool IsPart => Start.Layout is not null;

    /// <summary>Whether its file ends with it.</summary>
    public bool IsLast => Limit >= Start.Length;

    /// <summary>Bytes, as they lie in the file.</summary>
    public long Length => Math.Min(Limit, Start.Length) - Start.Offset;
}

/// <summary>Cuts files into pieces, so that all threads have work to the end.</summary>
internal static class FilePieces
{
    private const int HeadSize = 256 * 1024;
    private const int WindowSize = 64 * 1024;

    /// <summary>How long a piece of a large file is.</summary>
    private const int PieceSize = 4 * 1024 * 1024;

    /// <summary>The pieces of some files, in the files' order.</summary>
    /// <param name="files">The files.</param>
    /// <param name="pieceSize">How long a piece of a large file is, bytes.</param>
    public static IReadOnlyList<FilePiece> Of(IEnumerable<FileInfo> files, int pieceSize = PieceSize)
    {
        var pieces = new List<FilePiece>();
        foreach (var file in files)
        {
            foreach (var (start, limit) in Cut(file, pieceSize))
                pieces.Add(new(pieces.Count, start, limit));
        }

        return pieces;
    }

    private static List<(FilePosition Start, long Limit)> Cut(FileInfo file, int pieceSize)
    {
        var whole = FilePosition.StartOf(file);
        if (file.Length < 2L * pieceSize)
            return [(whole, long.MaxValue)];

        try
        {
            using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (StartOfLines(handle) is not { } start)
                return [(whole, long.MaxValue)];

            var lines = whole with { Layout = FileLayout.Lines };
            return [.. Cut(handle, start, file.Length, pieceSize).Select(piece => (lines with { Offset = piece.Start }, piece.End))];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says so.
            return [(whole, long.MaxValue)];
        }
    }

    /// <summary>Where the first line begins; null if the file is packed, or is no lines of UTF-8.</summary>
    private static int? StartOfLines(SafeFileHandle handle)
    {
        var head = new byte[HeadSize];
        var length = RandomAccess.Read(handle, head, 0);
        var text = head.AsSpan(0, length);
        if (text is [0x1F, 0x8B, ..] or [0xFF, 0xFE, ..])
            return null;

        var start = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        start += text[start..].Length - text[start..].TrimStart(" \t\r\n"u8).Length;
        return start < length && FileLayouts.Recognize(text[start..]).Layout == FileLayout.Lines ? start : null;
    }

    private static IEnumerable<(long Start, long End)> Cut(SafeFileHandle handle, long start, long length, int pieceSize)
    {
        while (start < length)
        {
            var end = start + pieceSize >= length ? length : NextLine(handle, start + pieceSize, length);
            yield return (start, end);
            start = end;
        }
    }

    /// <summary>Where the first line begins that begins after <paramref name="at"/>.</summary>
    private static long NextLine(SafeFileHandle handle, long at, long length)
    {
        var window = new byte[WindowSize];
        while (at < length && RandomAccess.Read(handle, window, at) is var read and > 0)
        {
            if (window.AsSpan(0, read).IndexOf((byte)'\n') is var end and >= 0)
                return at + end + 1;
            at += read;
        }

        return length;
    }
}
