using System.Text.Unicode;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>The limit: reads a file on all cores, looks for the ends of its lines, and does nothing with them.</summary>
/// <param name="checksText">Whether it also checks that all is UTF-8.</param>
internal sealed class ScanContender(bool checksText) : IContender
{
    private const int PieceSize = 256 * 1024;

    public long Count(string path)
    {
        using var file = File.OpenHandle(path);
        var (pieces, lines, next) = ((RandomAccess.GetLength(file) + PieceSize - 1) / PieceSize, 0L, -1L);
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            var buffer = new byte[PieceSize];
            for (long piece, found; (piece = Interlocked.Increment(ref next)) < pieces; Interlocked.Add(ref lines, found))
            {
                var text = buffer.AsSpan(0, RandomAccess.Read(file, buffer, piece * PieceSize));
                found = text.Count((byte)'\n');
                if (checksText && !Utf8.IsValid(text))
                    throw new InvalidOperationException("The generated records are ASCII.");
            }
        });
        return lines;
    }

    public IEnumerable<string> Groups() => [];
}
