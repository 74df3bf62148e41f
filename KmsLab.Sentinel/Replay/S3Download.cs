using System.Globalization;
using KmsLab.Sentinel.Sources.Bucket;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary>Fetches a trail's files of a time from its bucket, several at once, so that they can be replayed like any others.</summary>
internal sealed class S3Download(TrailListing listing, TrailBucket bucket)
{
    private const int AtOnce = 4;

    /// <summary>Records that happened by then are delivered by then, nearly all: CloudTrail needs 5 minutes on average.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromHours(1);

    /// <summary>Fetches into a folder what is not there already.</summary>
    /// <param name="place">Where the files are.</param>
    /// <param name="replay">The time to fetch, and whether to show how far it is.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ReplayException">A file can't be fetched.</exception>
    public async Task RunAsync(S3Place place, ReplayOptions replay, string folder, CancellationToken cancellationToken)
    {
        List<ListedObject> files = [];
        await foreach (var found in listing.ListAsync(place, TrailObjectKind.Records, replay.From - Early, replay.To, cancellationToken))
            files.Add(found);
        if (files.Count == 0)
            throw new ReplayException($"There are no files of CloudTrail's records at {place} in this time. Name a folder above them, or another --from and --to.");

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!replay.ShowsProgress || Console.IsErrorRedirected)
            await FetchAsync(files, folder, _ => { }, cancellationToken);
        else
            await console.Progress().AutoClear(true).StartAsync(context => FetchAsync(files, folder, BarOf(context, files), cancellationToken));
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{files.Count} files of {files.Sum(file => file.Size) / 1e6:0.0} MB from {place}"));
    }

    private static Action<long> BarOf(ProgressContext context, List<ListedObject> files)
    {
        var bar = context.AddTask($"Fetching {files.Count} files", maxValue: Math.Max(1, files.Sum(file => file.Size)));
        return bytes => bar.Increment(bytes);
    }

    private Task FetchAsync(List<ListedObject> files, string folder, Action<long> fetched, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        files,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (file, token) =>
        {
            await FetchAsync(file, PathOf(file.Object, folder), token);
            fetched(file.Size);
        });

    private async Task FetchAsync(ListedObject file, string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is { Exists: true } there && there.Length == file.Size)
            return;

        var answer = await bucket.FetchAsync(file.Object.Bucket, file.Object.Key, null, cancellationToken);
        if (answer.Content is not { } content)
            throw new ReplayException($"{file.Object.Place}: {answer.Problem}");

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path + ".part", content, cancellationToken);
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Account, Region and name; a name in a bucket may be anything, so only its last part counts.</summary>
    private static string PathOf(TrailObject item, string folder) =>
        Path.Combine(folder, item.Account!, item.Region!, Path.GetFileName(item.Key) is { Length: > 0 } name && name is not ("." or "..") ? name : "file");
}
