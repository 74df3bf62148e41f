using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>At start and with each survey: reads the aliases of keys in the Regions of protected keys, so that people see names. Nothing is judged by them.</summary>
internal sealed partial class AliasJob(Pipeline pipeline, KeySurvey survey, GuardOptions options, TimeProvider time, ILogger<AliasJob> logger) : IJob
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly BackgroundCall<IReadOnlyList<(string KeyArn, string Alias)>?> _list = new(Patience, time);
    private readonly Queue<string> _regions = [];
    private DateTimeOffset _askedAt = DateTimeOffset.MinValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled)
            return;

        await BeginAsync(cancellationToken);
        await TakeAsync(cancellationToken);
        if (!_list.IsOut && _regions.TryDequeue(out var region))
            _list.Start(stop => survey.ListAliasesAsync(region, stop), cancellationToken);
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _askedAt < options.SurveyInterval)
            return;

        _askedAt = now;
        _regions.Clear();
        var keys = await pipeline.KnowAsync<ProtectedKeys>(cancellationToken);
        // Where the own Region is not known, one endpoint stands for all.
        var regions = survey.Home.Length == 0 ? [""] : keys.All.Select(KeyRegion.Of).Concat(options.Regions).Prepend(survey.Home).Where(region => region.Length > 0);
        foreach (var region in regions.Distinct(StringComparer.Ordinal))
            _regions.Enqueue(region);
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        // A refusal is in the guard's problems; what fails otherwise, the next survey tries again.
        if (!_list.TryTake(out var aliases, () => _askedAt = DateTimeOffset.MinValue, problem => Log.Failed(logger, problem)) || aliases is not [var first, ..])
            return;

        var scope = first.KeyArn[..(first.KeyArn.LastIndexOf(':') + 1)];
        await pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<KeyNames>().Learn(scope, aliases)), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The aliases of keys could not be read.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
