using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Whose baseline to show.</summary>
/// <param name="Set">The protected set, or the key's ARN where it belongs to none.</param>
/// <param name="Principal">The stable principal.</param>
/// <param name="Client">For <c>decrypt-spread</c>: the client's tag, or <c>none</c>, which it is by default.</param>
/// <param name="Detection">A detection that learns; <c>decrypt-rate-anomaly</c> by default.</param>
internal sealed record BaselineFilter(string Set, string Principal, string? Client, string? Detection);

/// <summary>What <c>/api/baselines</c> answers. Points are a week back and a day ahead, as far as counts are kept.</summary>
/// <param name="Detection">Which detection learned it.</param>
/// <param name="Group">Whose it is.</param>
/// <param name="Seconds">The length of a bucket.</param>
/// <param name="Known">Since when the group is known.</param>
/// <param name="LearnedTo">Buckets before this one are learned.</param>
/// <param name="Judges">Whether enough is known to raise alarms by it.</param>
/// <param name="Threshold">The least that fires, whatever is expected.</param>
/// <param name="Points">The buckets, with what is expected of them by all that is known today.</param>
internal sealed record BaselineAnswer(
    string Detection, IReadOnlyDictionary<string, string> Group, double Seconds, DateTimeOffset Known, DateTimeOffset LearnedTo, bool Judges, long Threshold, IReadOnlyList<BaselinePoint> Points);

/// <summary>A bucket: from <paramref name="Start"/>, what would be normal, and what was seen; null where it has not begun.</summary>
internal sealed record BaselinePoint(DateTimeOffset Start, double Low, double High, long? Observed);

/// <summary>Reads baselines.</summary>
internal sealed class BaselinesQuery(Database database, DetectionCatalog catalog, BaselineOptions options, TimeProvider time)
{
    private static readonly TimeSpan Back = TimeSpan.FromDays(7);
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);


    /// <returns>Null when nothing is learned of such a group.</returns>
    public async Task<BaselineAnswer?> ReadAsync(BaselineFilter filter, CancellationToken cancellationToken)
    {
        if (catalog.FindActive(filter.Detection ?? DecryptRateAnomaly.Definition.Id) is not { Definition.IsRelative: true } detection)
            return null;

        var row = await ReadAsync(detection.Definition.Id, GroupOf(detection, filter).Key, cancellationToken);
        return row is null ? null : Answer(detection, row);
    }

    /// <summary>The sets (or keys that belong to none) of which it is learned what a principal decrypts.</summary>
    public async Task<IReadOnlyList<string>> SetsOfAsync(string principal, CancellationToken cancellationToken)
    {
        var members = await database.ReadAsync(
            connection => connection.QueryAsync<string>(new CommandDefinition(
                "SELECT members FROM baseline WHERE detection = @detection AND substr(group_key, length(group_key) - length(@end) + 1) = @end",
                new { detection = DecryptRateAnomaly.Definition.Id, end = new DetectionGroup(new KeyValuePair<string, string>("principal", principal)).Key }, cancellationToken: cancellationToken)),
            cancellationToken);
        return [.. members.Select(StoredJson.GroupOf).Where(group => group.ToDictionary()["principal"] == principal).Select(group => group.ToDictionary()["set"])];
    }

    /// <summary>The group's members are those that the detections that learn give it.</summary>
    private static DetectionGroup GroupOf(ConfiguredDetection detection, BaselineFilter filter) => detection.Definition.Id == DecryptRateAnomaly.Definition.Id
        ? new(new("set", filter.Set), new("principal", filter.Principal))
        : new(new("set", filter.Set), new("principal", filter.Principal), new("client", filter.Client ?? "none"));

    private Task<Row?> ReadAsync(string detection, string group, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(long Id, string Members, long First, long Active, long LearnedTo, byte[] Model, long? Cursor)>(new CommandDefinition(
                """
                SELECT b.id, b.members, b.first_at, b.active_at, b.learned_to, b.model, (SELECT learned_to FROM baseline_cursor WHERE detection = @detection)
                FROM baseline b WHERE b.detection = @detection AND b.group_key = @group
                """,
                new { detection, group }, cancellationToken: cancellationToken));
            var row = rows.FirstOrDefault();
            if (row.Members is null)
                return null;

            var counts = await connection.QueryAsync<(long At, long Records)>(
                new CommandDefinition("SELECT at, records FROM baseline_count WHERE baseline_id = @Id", new { row.Id }, cancellationToken: cancellationToken));
            return new Row(row.Id, row.Members, row.First, row.Active, row.LearnedTo, row.Cursor ?? row.LearnedTo, row.Model, counts.ToDictionary(count => count.At, count => count.Records));
        },
        cancellationToken);

    private BaselineAnswer Answer(ConfiguredDetection detection, Row row)
    {
        var season = new Season(BaselineOptions.BucketOf(detection), options.Zone);
        var group = BaselineRows.GroupOf(row.Id, row.Members, row.First, row.Active, row.LearnedTo, row.Model, season, options.PaceOf(detection));
        group.LearnTo(row.Cursor, options.MinimumHistory);

        var now = time.GetUtcNow();
        var from = Math.Max(row.First, season.StartOf((now - Back).ToUnixTimeMilliseconds()));
        var points = new List<BaselinePoint>();
        for (var start = from; start <= (now + Ahead).ToUnixTimeMilliseconds(); start += season.Length)
        {
            var expected = group.Expect(start, buckets: 1, options.TimeZone);
            points.Add(new(Instant(start), expected.Low, expected.High, start <= now.ToUnixTimeMilliseconds() ? row.Counts.GetValueOrDefault(start) : null));
        }

        return new(
            detection.Definition.Id, group.Group.ToDictionary(), season.Bucket.TotalSeconds, Instant(row.First), Instant(row.Cursor), group.IsLearned(row.Cursor, options.MinimumHistory),
            detection.Settings.Threshold, points);
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private sealed record Row(long Id, string Members, long First, long Active, long LearnedTo, long Cursor, byte[] Model, IReadOnlyDictionary<long, long> Counts);
}
