namespace KmsLab.Sentinel.Sources.Files;

/// <summary>What became of the files so far; written by the reader, read by whoever shows progress.</summary>
internal sealed class FileReport
{
    private const int NamesKept = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _unrelated = [];
    private long _bytesDone;
    private long _bytesOfFile;

    /// <summary>Files to read.</summary>
    public int Files { get; set; }

    /// <summary>Their bytes, packed as they are.</summary>
    public long Bytes { get; set; }

    public int FilesDone { get; private set; }

    public int Digests { get; private set; }

    /// <summary>Files that hold nothing of CloudTrail's.</summary>
    public int Unrelated { get; private set; }

    public long BytesRead => Interlocked.Read(ref _bytesDone) + Interlocked.Read(ref _bytesOfFile);

    /// <summary>The names of some files that hold nothing of CloudTrail's.</summary>
    public IReadOnlyList<string> UnrelatedNames
    {
        get
        {
            lock (_lock)
                return [.. _unrelated];
        }
    }

    public void Reached(long bytesOfFile) => Interlocked.Exchange(ref _bytesOfFile, bytesOfFile);

    /// <summary>A file was read to its end, or a piece of one.</summary>
    public void Done(string path, FileLayout? layout, long bytes, bool isFile = true)
    {
        lock (_lock)
        {
            FilesDone += isFile ? 1 : 0;
            Digests += layout == FileLayout.Digest ? 1 : 0;
            Unrelated += layout == FileLayout.Unrelated ? 1 : 0;
            if (layout == FileLayout.Unrelated && _unrelated.Count < NamesKept)
                _unrelated.Add(path);
        }

        Interlocked.Exchange(ref _bytesOfFile, 0);
        Interlocked.Add(ref _bytesDone, bytes);
    }
}
