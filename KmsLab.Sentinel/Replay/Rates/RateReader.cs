using KmsLab.CloudTrail.FastPath;
using KmsLab.Sentinel.Sources.Files;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>Takes the records out of pieces of files, one thread's.</summary>
/// <remarks>
/// Files are read as a replay reads them. Where records lie one after the other, though, those that can be told at once are taken right
/// out of what was read; what is wrapped, damaged, cut off or too long is left to <see cref="RecordFile"/>.
/// </remarks>
internal sealed class RateReader(RateCounter counter)
{
    private readonly FastRecordReader _reader = new(RatePass.Interest);

    /// <summary>Reads a piece to its end.</summary>
    /// <returns>How records lie in it, if anything does.</returns>
    public async Task<FileLayout?> ReadAsync(FilePiece piece, CancellationToken cancellationToken)
    {
        counter.Piece = piece.Number;
        var (file, problem) = await FileSource.OpenAsync(piece.Start, cancellationToken, isBlocking: true, piece.Limit);
        if (file is null)
        {
            counter.Reject(new(piece.Start.Path, null, false), problem!);
            return null;
        }

        await using (file)
        {
            do
                TakeAhead(file, piece);
            while (await TakeNextAsync(file, piece, cancellationToken));
            return file.Position.Layout;
        }
    }

    private async ValueTask<bool> TakeNextAsync(RecordFile file, FilePiece piece, CancellationToken cancellationToken)
    {
        var at = file.Position.Offset;
        if (await file.NextAsync(cancellationToken) is not { } item)
            return false;

        var origin = piece.IsPart ? new RecordOrigin(piece.Start.Path, at, true) : new(piece.Start.Path, file.Number, false);
        if (item.Problem is not null)
            counter.Reject(origin, item.Problem);
        else if (_reader.ReadLeniently(item.Utf8.Span, out var record) == FastReading.Record)
            counter.Take(record, origin);
        else
            counter.TakeOdd(item.Utf8.Span, origin);
        return true;
    }

    private void TakeAhead(RecordFile file, FilePiece piece)
    {
        var ahead = file.RecordsAhead;
        var isLines = file.Layout == FileLayout.Lines;
        var (at, records) = (0, 0);
        var (path, first) = (piece.Start.Path, piece.IsPart ? file.Position.Offset : file.Number + 1);
        while (at < ahead.Length)
        {
            if (!isLines)
                at += ahead[at..].IndexOfAnyExcept(" \t\r\n,"u8) is var next and >= 0 ? next : ahead.Length - at;
            var origin = new RecordOrigin(path, first + (piece.IsPart ? at : records), piece.IsPart);
            var length = isLines ? TakeLine(ahead[at..], origin) : TakeItem(ahead[at..], origin);
            if (length == 0)
                break;

            at += length;
            records++;
        }

        file.Pass(at, records);
    }

    /// <summary>Takes the line that begins with the first byte, if it is a record.</summary>
    /// <returns>The bytes that were taken with the line's end; 0 for none.</returns>
    private int TakeLine(ReadOnlySpan<byte> lines, RecordOrigin origin)
    {
        var reading = _reader.Read(lines, out var record);
        if (reading == FastReading.Record && EndOfLine(lines, record.Json.Length) is var end and > 0 && IsItself(record))
        {
            counter.Take(record, origin);
            return end;
        }

        var length = lines.IndexOf((byte)'\n');
        if (length < 0 || length > RecordFile.LongestRecord)
            return 0;
        if (reading == FastReading.NotOfInterest)
            return Ignore(lines, length + 1);

        var line = lines[..length].Trim(" \t\r"u8);
        return line is [(byte)'{', ..] ? TakeLeniently(line, length + 1, origin) : 0;
    }

    /// <summary>Takes the object that begins with the first byte, if it is a record.</summary>
    /// <returns>Its bytes; 0 if nothing was taken.</returns>
    private int TakeItem(ReadOnlySpan<byte> items, RecordOrigin origin)
    {
        if (items is not [(byte)'{', ..])
            return 0;

        var reading = _reader.Read(items, out var record);
        if (reading == FastReading.Record && IsItself(record))
        {
            counter.Take(record, origin);
            return record.Json.Length;
        }

        var length = ValueEnd.Find(items);
        if (length < 0)
        {
            var scan = new ValueScan(depth: 0);
            if (!scan.Advance(items))
                return 0;
            length = scan.Position;
        }

        return length > RecordFile.LongestRecord ? 0
            : reading == FastReading.NotOfInterest ? Ignore(items, length)
            : TakeLeniently(items[..length], length, origin);
    }

    private int TakeLeniently(ReadOnlySpan<byte> json, int length, RecordOrigin origin)
    {
        var reading = _reader.ReadLeniently(json, out var record);
        if (reading == FastReading.NotOfInterest)
            return Ignore(json, length);
        if (reading != FastReading.Record || !IsItself(record))
            return 0;

        counter.Take(record, origin);
        return length;
    }

    private int Ignore(ReadOnlySpan<byte> json, int length)
    {
        if (!BeginsAsRecord(json))
            return 0;

        counter.Ignore();
        return length;
    }

    private static int EndOfLine(ReadOnlySpan<byte> lines, int at)
    {
        while (at < lines.Length && lines[at] is (byte)' ' or (byte)'\t' or (byte)'\r')
            at++;
        return at < lines.Length && lines[at] == '\n' ? at + 1 : 0;
    }

    /// <summary>Whether a value is a record, and not something that records are wrapped in, as <see cref="Wrapping"/> sees it.</summary>
    private static bool IsItself(RecordView record) =>
        BeginsAsRecord(record.Json)
        || (record is { EventName.IsEmpty: false, EventTime.IsEmpty: false }
            && !record.Json.Contains((byte)'\\') && record.Json.IndexOf("\"kinesis\""u8) < 0);

    private static bool BeginsAsRecord(ReadOnlySpan<byte> json) => json.StartsWith("{\"eventVersion\":"u8);
}
