using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KmsLab.Simulator.TrailFile;

/// <summary>Files of one record a line, one file a day: <c>2026-11-02.jsonl.gz</c>.</summary>
internal sealed class DailyFiles(string folder) : IDisposable
{
    private const int WriteAt = 1 << 16;

    private readonly MemoryStream _pending = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    private DateTime _day;
    private GZipStream? _file;

    /// <summary>Writes one record.</summary>
    /// <param name="at">Its time, which chooses the file; never earlier than that of the record before.</param>
    /// <param name="write">Writes it; false takes it back.</param>
    /// <returns>Whether it was written.</returns>
    public bool Add(DateTimeOffset at, Func<Utf8JsonWriter, bool> write)
    {
        Open(at.UtcDateTime.Date);
        _json.Reset(_pending);
        if (!write(_json))
            return false;

        _json.Flush();
        _pending.WriteByte((byte)'\n');
        if (_pending.Length >= WriteAt)
            WritePending();
        return true;
    }

    public void Dispose()
    {
        Close();
        _json.Dispose();
        _pending.Dispose();
    }

    private void Open(DateTime day)
    {
        if (_file is not null && day == _day)
            return;

        Close();
        _day = day;
        _file = new(File.Create(Path.Combine(folder, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".jsonl.gz")), CompressionLevel.Fastest);
    }

    private void WritePending()
    {
        _file!.Write(_pending.GetBuffer().AsSpan(0, (int)_pending.Length));
        _pending.SetLength(0);
    }

    private void Close()
    {
        if (_file is null)
            return;

        WritePending();
        _file.Dispose();
    }
}
