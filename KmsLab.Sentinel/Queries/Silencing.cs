using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Silences by matcher: lists, previews, makes and ends them. What is written here the loop heeds from its next turn on.</summary>
internal sealed class Silencing(Database database, DetectionCatalog catalog, AlarmOptions options, PublishingMetrics metrics, TimeProvider time)
{
    private const int MostShown = 500;

    /// <summary>All that are kept, the one that ends last first.</summary>
    public async Task<IReadOnlyList<SilenceAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        var silences = await database.ReadAsync(connection => SilenceRows.AllAsync(connection, MostShown, cancellationToken), cancellationToken);
        return [.. silences.Select(Answer)];
    }

    /// <summary>Names what is wrong with a matcher; nothing when it may be used.</summary>
    public IReadOnlyList<string> Check(AlarmMatcher matcher) => matcher.IsEmpty()
        ? ["A silence needs something to choose alarms by: one of all alarms would hide whatever comes."]
        : [.. matcher.Check("matcher", [.. catalog.All.Select(detection => detection.Definition.Id)])];

    /// <summary>Names what is wrong with a span of time; null when it may be used.</summary>
    public string? CheckSpan(DateTimeOffset starts, DateTimeOffset ends)
    {
        var (now, longest) = (time.GetUtcNow(), options.LongestSilence);
        return ends <= now ? "A silence must end in the future."
            : ends <= starts ? "A silence must end after it starts."
            : ends > now + longest ? $"A silence must end within {longest.TotalDays:0.##} days ({AlarmOptions.Section}:LongestSilence): one without an end is one that is forgotten."
            : null;
    }

    /// <summary>Alarms that a silence would cover, of those that are kept.</summary>
    public async Task<SilencePreview> PreviewAsync(AlarmMatcher matcher, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var silence = new MatchedSilence("preview", matcher, now, now, now, "", "");
        var alarms = await database.ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, cancellationToken), cancellationToken);
        var covered = alarms.Where(alarm => silence.Covers(alarm, catalog.Find(alarm.Detection)?.Definition)).Select(Covered);
        return new(alarms.Count, [.. covered.Take(MostShown)], [.. silence.AuditPath(catalog)]);
    }

    /// <summary>Makes one. The matcher and the span must have been checked.</summary>
    public async Task<SilenceAnswer> AddAsync(AlarmMatcher matcher, DateTimeOffset? starts, DateTimeOffset ends, string by, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var silence = new MatchedSilence(Guid.NewGuid().ToString("N")[..16], matcher, starts is { } later && later > now ? later : now, ends, now, by, reason);
        await WriteAsync(silence, cancellationToken);
        metrics.Commanded(AlarmCommandKind.Silence);
        return Answer(silence);
    }

    /// <summary>Ends one now.</summary>
    /// <returns>The silence, or null if there is none; a refusal where it is over already.</returns>
    public async Task<(SilenceAnswer? Silence, string? Refusal)> ExpireAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(connection => SilenceRows.FindAsync(connection, id, cancellationToken), cancellationToken) is not { } silence)
            return (null, null);

        var now = time.GetUtcNow();
        if (silence.Ends <= now)
            return (Answer(silence), "The silence is over already.");

        var expired = silence with { Ends = now, Starts = silence.Starts < now ? silence.Starts : now, ExpiredBy = by };
        await WriteAsync(expired, cancellationToken);
        metrics.Commanded(AlarmCommandKind.Unsilence);
        return (Answer(expired), null);
    }

    private Task<int> WriteAsync(MatchedSilence silence, CancellationToken cancellationToken) => database.WriteAsync(
        async (_, transaction) =>
        {
            await SilenceRows.WriteAsync(transaction, silence, cancellationToken);
            return 1;
        },
        cancellationToken,
        repeatable: true);

    private SilenceAnswer Answer(MatchedSilence silence) => SilenceAnswer.Of(silence, catalog, time.GetUtcNow());

    private CoveredAlarm Covered(Alarm alarm)
    {
        var definition = catalog.Find(alarm.Detection)?.Definition;
        return new(alarm.Id, alarm.Detection, definition?.Title ?? alarm.Detection, definition?.Severity ?? Severity.Low, alarm.Ended, alarm.LastSeen);
    }
}
