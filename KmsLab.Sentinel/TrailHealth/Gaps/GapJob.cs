using System.Globalization;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>
/// Reads what was called while the trail was cut from CloudTrail's event history, which nobody can filter or stop: while the cut lasts, and once more when
/// the history is complete. Records go through the engine like any others; known ones count once.
/// </summary>
internal sealed partial class GapJob(
    Pipeline pipeline, EventHistory history, GapLists lists, GapState state, GapOptions options, AuditPathOptions path, SourceNames sources, TimeProvider time, ILogger<GapJob> logger) : IJob
{
    private const int PagesACall = 10;

    /// <summary>So often a Region that is not Sentinel's own is tried: it may be one that the account does not use.</summary>
    private const int TriesElsewhere = 3;

    /// <summary>After so many failures in a row people are told.</summary>
    private const int TellAfter = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly BackgroundCall<GapPages> _pending = new(Patience, time);
    private readonly FailureStreak _streak = new();
    private readonly bool _isReadAnyway = sources.All.Contains(EventHistory.Name, StringComparer.Ordinal);
    private GapReading? _reading;
    private DateTimeOffset _notBefore;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled || _isReadAnyway)
            return;

        if (await NextAsync(cancellationToken) is { } pages)
            await TakeAsync(pages, cancellationToken);
        if (!_pending.IsOut && time.GetUtcNow() >= _notBefore)
            await ReadOnAsync(cancellationToken);
    }

    private async Task<GapPages?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _pending.TryTake(out var pages) ? pages : null;
        }
        // It was under way when this Sentinel stopped leading, and leads again.
        catch (OperationCanceledException)
        {
            _reading = null;
            return null;
        }
        // The edge: whatever went wrong with AWS, the event history is asked again after a pause; status and alarm say that it could not be.
        catch (Exception problem)
        {
            await FailedAsync(problem, cancellationToken);
            return null;
        }
    }

    private async Task TakeAsync(GapPages read, CancellationToken cancellationToken)
    {
        // Should a turn fail, the pages are read again from where the last one that was committed left off.
        var reading = _reading!;
        _reading = null;
        for (var index = 0; index < read.Pages.Count; index++)
        {
            var isLast = index == read.Pages.Count - 1;
            await pipeline.TakeAsync(
                new Turn.Page(EventHistory.Name, read.Pages[index])
                {
                    FillsGap = reading.GapId,
                    Positions = isLast ? [new GapPosition(reading.GapId, reading.List.Name, read.DownTo, read.IsDone, read.Pages.Count)] : [],
                },
                cancellationToken);
        }

        _streak.Ended();
        state.Problem = null;
        _reading = read.IsDone ? null : reading;
    }

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        var store = await pipeline.KnowAsync<GapStore>(cancellationToken);
        var now = time.GetUtcNow();
        if (store.Unfilled.FirstOrDefault(gap => store.IsDue(gap, options.RoundEvery, now)) is not { } gap)
            return;

        if (gap.Round is not { } round)
        {
            Log.Reading(logger, gap.Kind, gap.Name, gap.From, gap.Why);
            await pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GapStore>().Begin(gap.Id, now)), cancellationToken);
            return;
        }

        var left = lists.Of(await KeysAsync(cancellationToken)).Where(list => !round.Done.Contains(list.Name)).ToList();
        if (left.Count > 0 && round.Requests >= options.RequestsPerRound)
            await BoundAsync(gap.Id, round, left, now, cancellationToken);
        else if (left.Count == 0)
            await pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GapStore>().End(gap.Id, now)), cancellationToken);
        else
            Start(gap, round, left[0], cancellationToken);
    }

    private void Start(TrailGap gap, GapRound round, GapList list, CancellationToken cancellationToken)
    {
        if (_reading is not { } reading || reading.GapId != gap.Id || reading.List != list)
            _reading = reading = new(history, gap.Id, list, round);
        var most = (int)Math.Min(PagesACall, options.RequestsPerRound - round.Requests);
        _pending.Start(stop => reading.ReadAsync(most, stop), cancellationToken);
    }

    private async Task<IReadOnlyCollection<string>> KeysAsync(CancellationToken cancellationToken) =>
        [.. (await pipeline.KnowAsync<ProtectedKeys>(cancellationToken)).All.Concat(path.KeyArns).Distinct(StringComparer.Ordinal)];

    private async Task BoundAsync(string gapId, GapRound round, List<GapList> left, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _reading = null;
        var reached = round.DownTo is { } downTo ? $" ({left[0].Name} from {Instants.Text(downTo)} back)" : "";
        var why = string.Create(CultureInfo.InvariantCulture, $"after {round.Requests} requests, the most of one reading, {left.Count} lists from {Instants.Text(round.From)} to {Instants.Text(round.To)}{reached}: {string.Join(", ", left.Select(list => list.Name))}");
        await pipeline.TakeAsync(
            new Turn.OwnWork(memory =>
            {
                memory.Know<GapStore>().GiveUp(gapId, left[0].Name, why);
                memory.Know<GapStore>().End(gapId, now);
            }),
            cancellationToken);
    }

    private async Task FailedAsync(Exception problem, CancellationToken cancellationToken)
    {
        var reading = _reading!;
        _reading = null;
        _notBefore = time.GetUtcNow() + _streak.Failed();
        var words = problem is Amazon.Runtime.AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" }
            ? "cloudtrail:LookupEvents is denied to Sentinel: allow it to its role"
            : $"{problem.GetType().Name}: {problem.Message}";
        state.Problem = $"{reading.List.Name}: {words}";
        if (_streak.Length == 1)
            Log.Failed(logger, state.Problem);

        if (reading.List.Region is { } region && region != history.HomeRegion && _streak.Length >= TriesElsewhere)
        {
            _streak.Ended();
            await pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<GapStore>().GiveUp(reading.GapId, reading.List.Name, state.Problem)), cancellationToken);
        }
        else if (_streak.Length == TellAfter && (await pipeline.KnowAsync<GapStore>(cancellationToken)).Unfilled.FirstOrDefault(gap => gap.Id == reading.GapId) is { } gap)
        {
            var told = $"since {Instants.Text(gap.From)} the trail lacks records ({gap.Why}), and CloudTrail's event history can't be read in their place: {words}";
            await pipeline.TakeAsync(new Turn.OwnWork([new Finding(TrailBlinding.Id, gap.Group, time.GetUtcNow(), "LookupEvents", told)]), cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The {Kind} {Name} was cut from {From} on: reading CloudTrail's event history in its place ({Why})")]
        public static partial void Reading(ILogger logger, string kind, string name, DateTimeOffset from, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "CloudTrail's event history can't be read for a gap of the trail; trying again with growing pauses: {Problem}")]
        public static partial void Failed(ILogger logger, string problem);
    }
}
