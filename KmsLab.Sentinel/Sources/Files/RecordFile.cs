using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>A record as a file has it.</summary>
/// <param name="Utf8">Its bytes, good until the next one is asked for; empty when there is a problem.</param>
/// <param name="Problem">Why there is no record.</param>
internal readonly record struct FileRecord(ReadOnlyMemory<byte> Utf8, string? Problem);

/// <summary>Reads one file's records, one at a time, packed with gzip or not, whatever its name says.</summary>
/// <remarks>
/// It holds one record and what was read ahead, never the file: a day of an organisation's trail unpacks to hundreds of megabytes.
/// Damage ends the file, and says so as the last 'record'; what stands before it has been read.
/// </remarks>
internal sealed class RecordFile : IAsyncDisposable
{
    /// <summary>Longer records are left out: CloudTrail's own limit is far below.</summary>
    public const int LongestRecord = 16 * 1024 * 1024;

    private const int HeadSize = 256 * 1024;
    private const int ChunkSize = 256 * 1024;

    private readonly Stream _file;
    private readonly int _longestRecord;
    private readonly FilePosition _start;
    private readonly bool _isBlocking;
    private readonly long _limit;
    private Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(HeadSize + ChunkSize);
    private int _begin;
    private int _end;
    private long _offset;
    private long _records;
    private bool _isAtEnd;
    private bool _isOver;
    private string? _damage;
    private IReadOnlyList<string>? _columns;
    private FilePosition? _wrapped;
    private IReadOnlyList<ReadOnlyMemory<byte>> _unwrapped = [];
    private int _given;

    private RecordFile(Stream file, FilePosition start, int longestRecord, bool isBlocking, long limit)
    {
        (_file, _stream, _start, _longestRecord, _isBlocking, _limit) = (file, file, start, longestRecord, isBlocking, limit);
        (Layout, _records) = (start.Layout, start.Records);
    }

    /// <summary>How records lie where it reads; null before that is known.</summary>
    public FileLayout? Layout { get; private set; }

    /// <summary>Where the next record is looked for.</summary>
    /// <remarks>In the middle of what holds several records it is where that begins; a table is read from its beginning, where its columns are named.</remarks>
    public FilePosition Position =>
        _columns is not null ? _start with { Layout = null, Offset = 0, Records = 0, Skip = _records }
        : _wrapped is { } wrapped && _given < _unwrapped.Count ? wrapped with { Skip = _given }
        : Here;

    private FilePosition Here => _start with { Layout = Layout, Offset = _offset, Records = _records, Skip = 0 };

    /// <summary>The file.</summary>
    public string Path => _start.Path;

    /// <summary>Bytes of the file, packed, that have been read.</summary>
    public long BytesRead => _file.Position;

    /// <summary>The number of the record that was read last, from 1.</summary>
    public long Number => _records;

    /// <summary>Opens a file where <paramref name="start"/> says.</summary>
    /// <exception cref="IOException">It can't be opened, or is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <param name="start">The file, and where to begin in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="longestRecord">Longer ones are left out, bytes.</param>
    /// <param name="isBlocking">Whether to read on the caller's own thread: all that it awaits is then complete.</param>
    /// <param name="limit">Where to stop in a file that is not packed, as if it ended there.</param>
    public static async Task<RecordFile> OpenAsync(
        FilePosition start, CancellationToken cancellationToken, int longestRecord = LongestRecord, bool isBlocking = false, long limit = long.MaxValue)
    {
        var file = new FileStream(start.Path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        return await OpenStreamAsync(file, start, cancellationToken, longestRecord, isBlocking, limit);
    }

    /// <summary>Reads what was read of a file already: <paramref name="file"/> can seek, and is its owner's no longer.</summary>
    public static async Task<RecordFile> OpenStreamAsync(
        Stream file, FilePosition start, CancellationToken cancellationToken, int longestRecord = LongestRecord, bool isBlocking = false, long limit = long.MaxValue)
    {
        var opened = new RecordFile(file, start, longestRecord, isBlocking, limit);
        try
        {
            await opened.UnpackAsync(cancellationToken);
            await opened.GoToAsync(start, cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next record; null when there are no more.</summary>
    public async ValueTask<FileRecord?> NextAsync(CancellationToken cancellationToken)
    {
        while (_given >= _unwrapped.Count)
        {
            var here = Here;
            if (await NextItemAsync(cancellationToken) is not { } item)
                return End();

            if (item.Problem is not null || Unwrap(item.Utf8) is not { } unwrapped)
            {
                _records++;
                return item;
            }

            (_wrapped, _unwrapped, _given) = (here, unwrapped, 0);
        }

        _records++;
        return new(_unwrapped[_given++], null);
    }

    /// <summary>The next value, line or row; null when there are no more.</summary>
    private async ValueTask<FileRecord?> NextItemAsync(CancellationToken cancellationToken)
    {
        while (!_isOver && (Layout is not null || await RecognizeAsync(cancellationToken)))
        {
            var next = Layout switch
            {
                FileLayout.Lines => await NextLineAsync(cancellationToken),
                FileLayout.Table => await NextRowAsync(cancellationToken),
                FileLayout.Delivery or FileLayout.List or FileLayout.Values => await NextValueAsync(cancellationToken),
                _ => null,
            };
            if (next is not null)
                return next;
            if (Layout is not null)
                break;
        }

        return null;
    }

    private IReadOnlyList<ReadOnlyMemory<byte>>? Unwrap(ReadOnlyMemory<byte> item) =>
        _columns is null ? Wrapping.Unwrap(item) : Wrapping.UnwrapRow(_columns, CsvRows.Cells(item.Span));

    private async ValueTask<FileRecord?> NextRowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = CsvRows.LengthOf(Ahead);
            if (length < 0 && _end - _begin <= _longestRecord && await FillAsync(cancellationToken))
                continue;

            length = length < 0 ? _end - _begin : length;
            var row = Trim(_buffer.AsMemory(_begin, length));
            row = row.Span is [.., (byte)'\n'] ? row[..^1] : row;
            Consume(length);
            if (length == 0)
                return null;
            if (row.Length > _longestRecord)
                return TooLong();
            if (row.IsEmpty)
                continue;
            if (_columns is not null)
                return new(row, null);

            _columns = CsvRows.Cells(row.Span);
        }
    }

    /// <summary>What has been read of a file of records one after the other, from where the next one is looked for; else empty.</summary>
    public ReadOnlySpan<byte> RecordsAhead =>
        Layout is FileLayout.Lines or FileLayout.Delivery or FileLayout.List && _given >= _unwrapped.Count ? Ahead : default;

    /// <summary>Goes past the first bytes of <see cref="RecordsAhead"/>: somebody took the records in them.</summary>
    public void Pass(int bytes, int records)
    {
        Consume(bytes);
        _records += records;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _file.DisposeAsync();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async Task UnpackAsync(CancellationToken cancellationToken)
    {
        var magic = new byte[2];
        var isPacked = await _file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1F, 0x8B];
        _file.Position = 0;
        if (isPacked)
            _stream = new GZipStream(_file, CompressionMode.Decompress);
        else if (magic is [0xFF, 0xFE]) // What PowerShell writes.
            _stream = Encoding.CreateTranscodingStream(_file, Encoding.Unicode, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>Goes to the position's offset, and past the records from there on that have been taken.</summary>
    private async Task GoToAsync(FilePosition start, CancellationToken cancellationToken)
    {
        if (_stream == _file)
            _file.Position = _offset = start.Offset;

        while (_offset < start.Offset && await FillAsync(cancellationToken))
            Consume((int)Math.Min(_end - _begin, start.Offset - _offset));
        for (var skipped = 0L; skipped < start.Skip && await NextAsync(cancellationToken) is not null;)
            skipped++;
    }

    /// <returns>False when there is nothing left to recognize.</returns>
    private async ValueTask<bool> RecognizeAsync(CancellationToken cancellationToken)
    {
        while (_end - _begin < HeadSize && await FillAsync(cancellationToken))
        {
        }

        if (_offset == 0 && Ahead.StartsWith("\uFEFF"u8))
            Consume(3);
        Consume(Ahead.Length - Ahead.TrimStart(" \t\r\n"u8).Length);
        if (Ahead.IsEmpty)
            return false;

        (Layout, var start) = FileLayouts.Recognize(Ahead);
        Consume(start);
        return true;
    }

    private async ValueTask<FileRecord?> NextLineAsync(CancellationToken cancellationToken)
    {
        var (looked, isTooLong) = (0, false);
        while (true)
        {
            var end = Ahead[looked..].IndexOf((byte)'\n');
            if (end < 0)
            {
                looked = _end - _begin;
                if (looked > _longestRecord)
                {
                    Consume(looked);
                    (looked, isTooLong) = (0, true);
                }

                if (await FillAsync(cancellationToken))
                    continue;
                if (_begin == _end && !isTooLong)
                    return null;
            }

            var length = end < 0 ? _end - _begin : looked + end;
            var line = Trim(_buffer.AsMemory(_begin, length));
            Consume(end < 0 ? length : length + 1);
            if (isTooLong || line.Length > _longestRecord)
                return TooLong();
            if (_damage is not null && end < 0)
                return null;
            if (!line.IsEmpty)
                return new(line, null);
            looked = 0;
        }
    }

    private async ValueTask<FileRecord?> NextValueAsync(CancellationToken cancellationToken)
    {
        if (!await SkipSeparatorsAsync(cancellationToken))
        {
            if (Layout is FileLayout.Delivery or FileLayout.List)
                _damage ??= "It ends before its list of records does";
            return null;
        }

        if (Ahead[0] == ']' && Layout is FileLayout.Delivery or FileLayout.List)
        {
            Consume(1);
            if (Layout == FileLayout.Delivery)
                await EndValueAsync(new ValueScan(depth: 1), cancellationToken);
            Layout = null; // Files that were joined go on with the next list.
            return null;
        }

        return await EndValueAsync(new ValueScan(depth: 0), cancellationToken);
    }

    private async ValueTask<FileRecord?> EndValueAsync(ValueScan scan, CancellationToken cancellationToken)
    {
        var isTooLong = false;
        while (_begin == _end || !scan.Advance(Ahead))
        {
            if (_end - _begin > _longestRecord)
            {
                scan.Drop(_end - _begin);
                Consume(_end - _begin);
                isTooLong = true;
            }

            if (!await FillAsync(cancellationToken))
            {
                _damage ??= "It ends in the middle of a record";
                Consume(_end - _begin);
                return null;
            }
        }

        var value = _buffer.AsMemory(_begin, scan.Position);
        Consume(scan.Position);
        return isTooLong || value.Length > _longestRecord ? TooLong() : new(value, null);
    }

    private async ValueTask<bool> SkipSeparatorsAsync(CancellationToken cancellationToken)
    {
        do
        {
            Consume(Ahead.Length - Ahead.TrimStart(" \t\r\n,"u8).Length);
            if (_begin < _end)
                return true;
        }
        while (await FillAsync(cancellationToken));
        return false;
    }

    private ReadOnlySpan<byte> Ahead => _buffer.AsSpan(_begin, _end - _begin);

    private void Consume(int bytes)
    {
        _begin += bytes;
        _offset += bytes;
    }

    /// <summary>Reads on. Moves what is ahead, so nothing may be held over it.</summary>
    /// <returns>False at the end, and at damage.</returns>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_isAtEnd)
            return false;

        MakeRoom();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = _buffer.AsMemory(_end);
            if (_stream == _file)
                room = room[..(int)Math.Clamp(_limit - _file.Position, 0, room.Length)];
            var read = _isBlocking ? _stream.Read(room.Span) : await _stream.ReadAsync(room, cancellationToken);
            _end += read;
            _isAtEnd = read == 0;
        }
        catch (Exception problem) when (problem is InvalidDataException or EndOfStreamException)
        {
            _isAtEnd = true;
            _damage = "It can't be unpacked to its end";
        }

        return !_isAtEnd;
    }

    private void MakeRoom()
    {
        if (_begin > 0)
        {
            Ahead.CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_buffer.Length - _end >= ChunkSize)
            return;

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    /// <summary>There is no more, and if that is because of damage, this is told once.</summary>
    private FileRecord? End()
    {
        if (_isOver || _damage is not { } damage)
            return null;

        _isOver = true;
        return new(default, $"{damage}: the file is cut off or damaged after record {_records}. Get it again from where it came from; what stands before was read.");
    }

    private FileRecord TooLong() => new(default, $"It is longer than {_longestRecord / (1024.0 * 1024):0.##} MiB and was left out.");

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line)
    {
        var start = line.Length - line.Span.TrimStart(" \t\r"u8).Length;
        return line.Slice(start, line.Span.Trim(" \t\r"u8).Length);
    }
}
