using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.Rules;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Host;

/// <summary>Takes up rules of <c>Sentinel:RulesFolder</c> when a file of it changes: all of the folder or, if anything is wrong with it, nothing.</summary>
/// <remarks>The engine's memory is made anew then, from what is committed, so that no window goes by rules that are gone.</remarks>
internal sealed partial class RuleReloadJob(
    Pipeline pipeline, DetectionCatalog catalog, DetectionOptions options, SentinelStatus status, TimeProvider time, ILogger<RuleReloadJob> logger) : IJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<string> _read = options.EffectiveEventSources;
    private string _seen = options.Filed.Fingerprint;
    private DateTimeOffset _lookedAt = time.GetUtcNow();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (options.RulesFolder.Length == 0 || now - _lookedAt < Interval)
            return;

        _lookedAt = now;
        if (RuleFolder.FingerprintOf(options.RulesFolder) == _seen)
            return;

        var folder = RuleFolder.Read(options.RulesFolder);
        _seen = folder.Fingerprint;
        IReadOnlyList<string> problems = [.. DetectionCatalog.Check(options, folder), .. Unread(folder)];
        status.RuleProblems = problems;
        if (problems.Count > 0)
        {
            Log.Refused(logger, string.Join(Environment.NewLine, problems));
            return;
        }

        await pipeline.CommitAsync(cancellationToken);
        catalog.Use(folder);
        pipeline.Forget();
        Log.TakenUp(logger, folder.Rules.Count, options.RulesFolder);
    }

    /// <summary>The filter of what is read is made at the start.</summary>
    private IEnumerable<string> Unread(RuleFolder folder) =>
        from rule in folder.Rules
        from source in rule.Value.EventSources
        where rule.Value.Mode != DetectionMode.Off && !_read.Contains(source, StringComparer.Ordinal)
        select $"{Path.Combine(options.RulesFolder, rule.Key)}.json: records of {source} are not read so far: restart Sentinel to read them.";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} rules of {Folder} are in use.")]
        public static partial void TakenUp(ILogger logger, int count, string folder);

        [LoggerMessage(LogLevel.Error, "The rules as they were stay in use, for the folder has problems:\n{Problems}")]
        public static partial void Refused(ILogger logger, string problems);
    }
}
