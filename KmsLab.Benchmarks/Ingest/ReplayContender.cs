using KmsLab.Sentinel.Replay;

namespace KmsLab.Benchmarks.Ingest;

/// <summary><c>replay</c> with all detections and no database.</summary>
internal sealed class ReplayContender : IContender
{
    public long Count(string path)
    {
        var replay = new ReplayOptions(path, null, null, null, Json: false, Config: null) { ShowsProgress = false };
        return ReplayProgram.ReplayAsync(replay, CancellationToken.None).GetAwaiter().GetResult().Records.Counted;
    }

    public IEnumerable<string> Groups() => [];
}
