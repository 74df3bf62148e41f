using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge.Baselines;

/// <summary>Baselines as rows: a group is one with its model, and one for each bucket that it was seen in.</summary>
internal sealed class BaselineRows(DbConnection connection, CancellationToken cancellationToken)
{
    /// <summary>How long the counts are kept for people to look at, after they are learned.</summary>
    public static TimeSpan CountsKept { get; } = TimeSpan.FromDays(8);

    public Task<long> LastIdAsync() => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT COALESCE(MAX(id), 0) FROM baseline", cancellationToken: cancellationToken));

    /// <summary>Reads a detection's baselines back.</summary>
    /// <returns>Null when there are none, false when they are of buckets of another length and must go.</returns>
    public async Task<bool?> LoadAsync(DetectionBaselines detection, Pace pace)
    {
        var cursor = await QueryAsync<(long Bucket, long LearnedTo)>("SELECT bucket, learned_to FROM baseline_cursor WHERE detection = @detection", detection.Detection);
        if (cursor.Count > 0 && cursor[0].Bucket != detection.Season.Length)
            return false;
        if (cursor.Count > 0)
            detection.Restore(cursor[0].LearnedTo);

        var counts = (await QueryAsync<(long Id, long At, long Records)>(
            """
            SELECT c.baseline_id, c.at, c.records FROM baseline_count c JOIN baseline b ON b.id = c.baseline_id
            WHERE b.detection = @detection AND c.at >= COALESCE((SELECT learned_to FROM baseline_cursor WHERE detection = @detection), 0)
            """,
            detection.Detection)).ToLookup(count => count.Id);
        foreach (var row in await QueryAsync<(long Id, string Members, long First, long Active, long LearnedTo, byte[] Model)>(
            "SELECT id, members, first_at, active_at, learned_to, model FROM baseline WHERE detection = @detection", detection.Detection))
        {
            var group = GroupOf(row.Id, row.Members, row.First, row.Active, row.LearnedTo, row.Model, detection.Season, pace);
            detection.Restore(group, isRenamed: group.Group.Key != StoredJson.GroupOf(row.Members).Key);
            foreach (var (_, at, records) in counts[row.Id])
                group.Count(at, records);
        }

        return cursor.Count > 0 ? true : null;
    }

    /// <summary>A group from its row.</summary>
    public static GroupBaseline GroupOf(long id, string members, long first, long active, long learnedTo, byte[] model, Season season, Pace pace)
    {
        var group = new GroupBaseline(id, OfFamily(StoredJson.GroupOf(members)), season, pace) { First = first, Active = active, LearnedTo = learnedTo, WrittenTo = learnedTo };
        group.Restore(model);
        return group;
    }

    /// <summary>Checks that what was learned for a multi-Region key in one Region is known of the key in all of them.</summary>
    private static DetectionGroup OfFamily(DetectionGroup group) => group.Values.Any(member => KeyFamily.Of(member.Value) != member.Value)
        ? new(group.Values.Select(member => KeyValuePair.Create(member.Key, KeyFamily.Of(member.Value))).ToList())
        : group;

    /// <summary>Writes what has changed.</summary>
    public static async Task WriteAsync(DbTransaction transaction, DetectionBaselines detection, CancellationToken cancellationToken)
    {
        foreach (var id in detection.Forgotten)
            await ExecuteAsync(transaction, "DELETE FROM baseline_count WHERE baseline_id = @id; DELETE FROM baseline WHERE id = @id", new { id }, cancellationToken);

        await RowWriter.InsertAsync(
            transaction, "baseline (id, detection, group_key, members, first_at, active_at, learned_to, model)",
            "ON CONFLICT (id) DO UPDATE SET group_key = excluded.group_key, members = excluded.members, first_at = excluded.first_at, active_at = excluded.active_at, learned_to = excluded.learned_to, model = excluded.model",
            detection.Changed.Select(group => new object[]
            {
                group.Id, detection.Detection, group.Group.Key, StoredJson.TextOf(group.Group),
                group.First, group.Active, group.LearnedTo, group.ToBytes(),
            }),
            cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "baseline_count (baseline_id, at, records)",
            "ON CONFLICT (baseline_id, at) DO UPDATE SET records = baseline_count.records + excluded.records",
            detection.Counted.Select(count => new object[] { count.Key.Id, count.Key.At, count.Value }), cancellationToken);
        if (detection is { Moved: true, LearnedTo: { } learnedTo })
            await MoveAsync(transaction, detection, learnedTo, cancellationToken);
    }

    /// <summary>Forgets all about a detection.</summary>
    public static Task DeleteAsync(DbTransaction transaction, string detection, CancellationToken cancellationToken) => ExecuteAsync(
        transaction,
        """
        DELETE FROM baseline_count WHERE baseline_id IN (SELECT id FROM baseline WHERE detection = @detection);
        DELETE FROM baseline WHERE detection = @detection;
        DELETE FROM baseline_cursor WHERE detection = @detection;
        """,
        new { detection },
        cancellationToken);

    private static async Task MoveAsync(DbTransaction transaction, DetectionBaselines detection, long learnedTo, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "baseline_cursor (detection, bucket, learned_to)", "ON CONFLICT (detection) DO UPDATE SET learned_to = excluded.learned_to",
            [[detection.Detection, detection.Season.Length, learnedTo]], cancellationToken);
        await ExecuteAsync(
            transaction,
            "DELETE FROM baseline_count WHERE at < @floor AND baseline_id IN (SELECT id FROM baseline WHERE detection = @detection)",
            new { floor = learnedTo - (long)CountsKept.TotalMilliseconds, detection = detection.Detection },
            cancellationToken);
    }

    private static Task<int> ExecuteAsync(DbTransaction transaction, string sql, object parameters, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));

    private async Task<List<T>> QueryAsync<T>(string sql, string detection) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, new { detection }, cancellationToken: cancellationToken))).AsList();
}
