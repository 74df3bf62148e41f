using System.Runtime.CompilerServices;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Files of CloudTrail records: delivery files fetched from the trail's bucket, or records one a line; <c>.gz</c> or not.</summary>
/// <remarks>
/// A file is read once. One that has changed since is read again from its beginning: what was counted is known by its eventID. Digests and files
/// that hold nothing of CloudTrail's are passed over and said so; a damaged file is read as far as it goes and kept aside like a malformed record.
/// </remarks>
internal sealed partial class FileSource(string path, ILogger<FileSource> logger) : IRecordSource
{
    private const int EventsAPage = 2000;

    private readonly Dictionary<string, FilePosition> _positions = [];

    public string Name { get; } = $"files:{Path.GetFullPath(path)}";

    /// <summary>How the last read went, or goes.</summary>
    public FileReport Report { get; private set; } = new();

    /// <summary>Goes on from there instead of from the file's beginning, if the file has not changed.</summary>
    public void GoOnFrom(FilePosition position) => _positions[position.Path] = position;

    /// <summary>Reads what is new in the files, whenever it was written: a file that is copied here may be as old as its original.</summary>
    public async IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in ReadAsync(cancellationToken))
            yield return new(page.Events);
    }

    /// <summary>Reads what is new in the files.</summary>
    /// <exception cref="SourceAbsentException">There is nothing at the path.</exception>
    public async IAsyncEnumerable<FilePage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = FileSet.List(path);
        Report = new FileReport { Files = files.Count, Bytes = files.Sum(file => file.Length) };
        foreach (var file in files)
        {
            await foreach (var page in ReadFileAsync(FilePosition.StartOf(file), cancellationToken))
            {
                yield return page;
                // Only now has whoever asked taken it.
                _positions[file.FullName] = page.After;
            }

            Report.Done(file.FullName, _positions.GetValueOrDefault(file.FullName)?.Layout, file.Length);
        }
    }

    private async IAsyncEnumerable<FilePage> ReadFileAsync(FilePosition start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_positions.TryGetValue(start.Path, out var known) && known.IsOf(start))
            start = known;
        if (start.Done)
            yield break;

        var (file, problem) = await OpenAsync(start, cancellationToken);
        if (file is null)
        {
            yield return new([new SourceEvent(default, start.Path, problem)], start, start with { Done = true });
            yield break;
        }

        await using (file)
        {
            for (var (before, isLast) = (start, false); !isLast;)
            {
                var events = await PageAsync(file, cancellationToken);
                isLast = events.Count < EventsAPage;
                var after = file.Position with { Done = isLast };
                if (isLast && after.Layout is FileLayout.Digest or FileLayout.Unrelated)
                    Log.Skipped(logger, start.Path, after.Layout.Value);
                yield return new(events, before, after);
                before = after;
            }
        }
    }

    /// <summary>Opens a file, as <see cref="RecordFile.OpenAsync"/>, or says what is wrong with it.</summary>
    internal static async Task<(RecordFile? File, string? Problem)> OpenAsync(
        FilePosition start, CancellationToken cancellationToken, bool isBlocking = false, long limit = long.MaxValue)
    {
        try
        {
            return (await RecordFile.OpenAsync(start, cancellationToken, isBlocking: isBlocking, limit: limit), null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file can't be read: {problem.Message} Let this process read it, or take it away.");
        }
    }

    private async Task<IReadOnlyList<SourceEvent>> PageAsync(RecordFile file, CancellationToken cancellationToken)
    {
        var page = new PageBytes();
        var events = new List<SourceEvent>();
        while (events.Count < EventsAPage && await file.NextAsync(cancellationToken) is { } record)
        {
            events.Add(new SourceEvent(page.Keep(record.Utf8.Span), file.Path, record.Problem) { Number = file.Number });
        }

        Report.Reached(file.BytesRead);
        return events;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{File} holds no records ({Layout}) and was passed over.")]
        public static partial void Skipped(ILogger logger, string file, FileLayout layout);
    }
}
