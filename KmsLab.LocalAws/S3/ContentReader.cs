using Microsoft.Win32.SafeHandles;

namespace KmsLab.LocalAws.S3;

/// <summary>Reads a part of an object from its files, one after the other. All that it needs is open from the start, so that whoever deletes the object meanwhile doesn't disturb it.</summary>
internal sealed class ContentReader : IDisposable
{
    private readonly List<(SafeFileHandle File, long From, long To)> _parts = [];
    private int _part;

    /// <exception cref="FileNotFoundException">The object was deleted.</exception>
    public ContentReader(ObjectFiles files, ObjectContent content)
    {
        var (start, end) = (content.Offset, content.Offset + content.Length);
        var at = 0L;
        try
        {
            foreach (var segment in content.Segments)
            {
                var (from, to) = (Math.Max(start, at), Math.Min(end, at + segment.Size));
                if (from < to)
                    _parts.Add((files.Open(segment.File), from - at, to - at));
                at += segment.Size;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    public int Read(Span<byte> buffer)
    {
        while (_part < _parts.Count)
        {
            var (file, from, to) = _parts[_part];
            if (from == to)
            {
                _part++;
                continue;
            }

            // From the page cache as a rule: a thread of its own would cost more.
            var read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, to - from)], from);
            if (read == 0)
                throw new EndOfStreamException("A file of an object is shorter than it was.");
            _parts[_part] = (file, from + read, to);
            return read;
        }

        return 0;
    }

    public void Dispose() => _parts.ForEach(part => part.File.Dispose());
}
