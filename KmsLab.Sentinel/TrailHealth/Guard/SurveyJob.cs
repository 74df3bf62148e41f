using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>
/// At start and daily: the policies and grants of the protected keys and of the evidence's, compared with those before (drift), and the tags of all
/// keys where a protected set goes by a tag, in every Region that the trail's records come from. Between surveys, a Region that comes up is surveyed at once,
/// and a key that a record names and nobody knows is asked for its tags once.
/// </summary>
internal sealed partial class SurveyJob(
    Pipeline pipeline, KeySurvey survey, CanaryState canary, GuardOptions options, AuditPathOptions path, ProtectedSets sets, TimeProvider time, ILogger<SurveyJob> logger) : IJob
{
    private const int QuestionsACall = 20;
    private const int MostAttempts = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(75);

    private readonly BackgroundCall<IReadOnlyList<string>?> _list = new(Patience, time);
    private readonly BackgroundCall<SurveyReport> _pending = new(Patience, time);
    private readonly Queue<SurveyQuestion> _questions = [];
    private readonly Queue<string> _toList = [];
    private readonly HashSet<string> _listed = [];
    private readonly HashSet<string> _asked = [];
    private readonly bool _hasTags = sets.All.Any(set => !string.IsNullOrWhiteSpace(set.Tag));
    private DateTimeOffset _surveyedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private string? _account;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled)
            return;

        var protectedKeys = await pipeline.KnowAsync<ProtectedKeys>(cancellationToken);
        await BeginAsync(protectedKeys, cancellationToken);
        await TakeListAsync(cancellationToken);
        if (_hasTags)
            AskForRegions([.. (await pipeline.KnowAsync<SeenKeys>(cancellationToken)).Regions, .. protectedKeys.All.Select(KeyRegion.Of)]);
        if (!_list.IsOut && _toList.TryDequeue(out var region))
            _list.Start(stop => survey.ListKeysAsync(region, stop), cancellationToken);
        if (Outcome(_pending) is { } report)
            await TakeAsync(report, protectedKeys, cancellationToken);
        await AskForSeenAsync(cancellationToken);

        if (_questions.Count > 0 && !_pending.IsOut && time.GetUtcNow() >= _notBefore)
        {
            var next = Enumerable.Range(0, Math.Min(QuestionsACall, _questions.Count)).Select(_ => _questions.Dequeue()).ToList();
            _pending.Start(stop => survey.AskAsync(next, stop), cancellationToken);
        }
    }

    private async Task BeginAsync(ProtectedKeys protectedKeys, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _surveyedAt < options.SurveyInterval)
            return;

        _surveyedAt = now;
        _asked.Clear();
        _listed.Clear();
        _toList.Clear();
        if (_hasTags)
            AskForRegions([survey.Home, .. options.Regions]);
        var evidence = (await pipeline.KnowAsync<GuardStore>(cancellationToken)).Facts.Where(fact => fact.Aspect == GuardAspect.EncryptionKey).Select(fact => fact.Seen);
        foreach (var key in protectedKeys.All.Concat(path.KeyArns).Concat(evidence).Append(canary.KeyArn ?? "").Where(AuditResource.IsKey))
            AskForPolicy(key);
    }

    /// <summary>Lists the keys of each Region once a survey. Where the own one is not known, one endpoint stands for all.</summary>
    private void AskForRegions(IEnumerable<string> regions)
    {
        foreach (var region in regions.Where(region => region == survey.Home || survey.Home.Length > 0 && region.Length > 0))
        {
            if (_listed.Add(region))
                _toList.Enqueue(region);
        }
    }

    private void AskForPolicy(string key)
    {
        if (_asked.Add(key))
            _questions.Enqueue(new(key, Tags: false));
    }

    private async Task TakeListAsync(CancellationToken cancellationToken)
    {
        if (Outcome(_list) is not { Count: > 0 } keys)
            return;

        _account = keys[0].Split(':')[4];
        foreach (var key in keys)
            _questions.Enqueue(new(key, Tags: true));
        (await pipeline.KnowAsync<SeenKeys>(cancellationToken)).Know(keys);
    }

    /// <summary>Keys of other accounts, or ones that may be gone by now, are not asked for: that would leave errors on the trail.</summary>
    private async Task AskForSeenAsync(CancellationToken cancellationToken)
    {
        if (_account is null)
            return;

        foreach (var key in (await pipeline.KnowAsync<SeenKeys>(cancellationToken)).Take().Where(key => key.Split(':') is [_, _, _, _, var account, ..] && account == _account))
            _questions.Enqueue(new(key, Tags: true));
    }

    private async Task TakeAsync(SurveyReport report, ProtectedKeys protectedKeys, CancellationToken cancellationToken)
    {
        var known = protectedKeys.All.ToHashSet(StringComparer.Ordinal);
        await pipeline.TakeAsync(
            new Turn.OwnWork(memory =>
            {
                foreach (var (key, name, value) in report.Tags)
                {
                    memory.Know<ProtectedKeys>().Learn(key, name, value);
                    memory.Know<KeyNames>().LearnTag(key, name, value);
                }

                foreach (var reading in report.Readings)
                    memory.Know<KeyPolicies>().Learn(reading);
            }),
            cancellationToken);
        foreach (var key in (await pipeline.KnowAsync<ProtectedKeys>(cancellationToken)).All.Except(known))
        {
            Log.Learned(logger, key);
            AskForPolicy(key);
        }

        foreach (var question in report.Unanswered.Where(question => question.Attempts < MostAttempts))
            _questions.Enqueue(question);
        if (report.Unanswered.Count > 0)
            _notBefore = time.GetUtcNow() + AfterRefusal;
    }

    private T? Outcome<T>(BackgroundCall<T> call) where T : class?
    {
        // A call's own failure is in the guard's problems; this is something else, and the next survey tries again.
        return call.TryTake(out var outcome, BeginAnew, problem => Log.Failed(logger, problem)) ? outcome : null;

        void BeginAnew()
        {
            _surveyedAt = DateTimeOffset.MinValue;
            _questions.Clear();
            _toList.Clear();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{KeyArn} carries a protected set's tag: it is protected from now on")]
        public static partial void Learned(ILogger logger, string keyArn);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A part of the survey of keys failed.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
