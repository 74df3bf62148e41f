using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Reads what an alarm's group did around its occurrence: buckets with what is normal where that is learned, otherwise what was counted.</summary>
internal sealed class AlarmChartQuery(Database database, DetectionCatalog catalog, BaselinesQuery baselines, TimeProvider time)
{
    /// <summary>So many slots make a chart.</summary>
    private const int Slots = 60;

    /// <summary>So much of the time around is shown, in windows or in learned buckets.</summary>
    private const int WindowsAround = 3;

    private const int BucketsBefore = 48;
    private const int BucketsAfter = 12;

    /// <returns>Null when the configuration no longer knows the detection.</returns>
    public async Task<AlarmChartAnswer?> ReadAsync(AlarmAnswer alarm, Texts texts, CancellationToken cancellationToken)
    {
        if (catalog.Find(alarm.Detection) is not { } detection)
            return null;

        return detection.Definition.IsRelative && await LearnedAsync(alarm, texts, cancellationToken) is { Points.Count: > 0 } learned
            ? learned
            : await CountedAsync(alarm, detection.Definition, texts, cancellationToken);
    }

    private async Task<AlarmChartAnswer?> LearnedAsync(AlarmAnswer alarm, Texts texts, CancellationToken cancellationToken)
    {
        var filter = new BaselineFilter(alarm.Group.GetValueOrDefault("set", ""), alarm.Group.GetValueOrDefault("principal", ""), alarm.Group.GetValueOrDefault("client"), alarm.Detection);
        if (await baselines.ReadAsync(filter, cancellationToken) is not { } baseline)
            return null;

        var bucket = TimeSpan.FromSeconds(baseline.Seconds);
        var points = baseline.Points
            .Where(point => point.Observed is not null && point.Start > alarm.FirstSeen - (bucket * BucketsBefore) && point.Start < alarm.LastSeen + (bucket * BucketsAfter))
            .Select(point => new AlarmChartPoint(point.Start, point.Observed!.Value, point.Low, point.High)).ToList();
        // A baseline that began after the occurrence, or no longer reaches back to it, says nothing of it.
        return points.Exists(point => point.Start <= alarm.LastSeen && point.Start + bucket > alarm.FirstSeen)
            ? new(baseline.Seconds, points, alarm.Threshold, LearnedUnit(alarm, bucket, texts), alarm.FirstSeen, alarm.LastSeen)
            : null;
    }

    /// <summary>The threshold is the window's; where that is longer than a learned bucket, the unit says so.</summary>
    private static string LearnedUnit(AlarmAnswer alarm, TimeSpan bucket, Texts texts)
    {
        var what = texts[alarm.Detection == DecryptSpread.Definition.Id ? "Unit.Different" : alarm.Detection == DecryptSpread.Slow.Id ? "Unit.New" : "Measure.Records.Other"];
        var span = bucket == TimeSpan.FromDays(1) ? texts["Unit.Day"] : bucket == TimeSpan.FromHours(1) ? texts["Unit.Hour"] : texts["Unit.Within", texts.Span(bucket)];
        return alarm.Window > bucket ? $"{what} {span} {texts["Unit.Threshold", texts.Span(alarm.Window)]}" : $"{what} {span}";
    }

    private async Task<AlarmChartAnswer> CountedAsync(
        AlarmAnswer alarm, DetectionDefinition definition, Texts texts, CancellationToken cancellationToken)
    {
        var slots = SlotsOf(alarm);
        var counts = await CountsAsync(alarm, slots, cancellationToken);
        return new(
            slots.Length / 1000.0, [.. counts.Select((count, slot) => new AlarmChartPoint(Instant(slots.StartOf(slot)), count, null, null))], alarm.Threshold,
            $"{DetectionRule.MeasureOf(definition, alarm.Threshold, texts)} {texts["Unit.Within", texts.Span(alarm.Window)]}", alarm.FirstSeen, alarm.LastSeen);
    }

    /// <summary>From a few windows before to a few after, as far as time has come.</summary>
    private ActivitySlots SlotsOf(AlarmAnswer alarm)
    {
        var around = alarm.Window * WindowsAround;
        var (from, to, now) = (alarm.FirstSeen - around, alarm.LastSeen + around, time.GetUtcNow());
        return ActivitySlots.Of(from, to > now && now > alarm.LastSeen ? now : to, TimeSpan.FromSeconds(1), Slots);
    }

    /// <summary>By slot; of an occurrence whose counts are pruned, or were lost to a correction, what the evidence still shows.</summary>
    private async Task<long[]> CountsAsync(AlarmAnswer alarm, ActivitySlots slots, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(long Slot, long Records)>(new CommandDefinition(
                """
                SELECT (at - @from) / @length AS slot, CAST(SUM(records) AS BIGINT) AS records FROM detection_count
                WHERE detection = @detection AND group_key = @group AND at >= @from AND at < @to GROUP BY 1
                """,
                new { from = slots.From, to = slots.To, length = slots.Length, detection = alarm.Detection, group = new DetectionGroup([.. alarm.Group]).Key },
                cancellationToken: cancellationToken)),
            cancellationToken);
        var counts = new long[slots.Count];
        foreach (var (slot, records) in rows)
            counts[slot] += records;
        return counts.Any(count => count > 0) ? counts : EvidenceOf(alarm, slots);
    }

    private static long[] EvidenceOf(AlarmAnswer alarm, ActivitySlots slots)
    {
        var counts = new long[slots.Count];
        foreach (var at in alarm.Evidence.Select(record => record.EventTime.ToUnixTimeMilliseconds()).Where(at => at >= slots.From && at < slots.To))
            counts[(at - slots.From) / slots.Length]++;
        return counts;
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);
}
