using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Heartbeats;
using KmsLab.Sentinel.Publishing.Routing;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Puts together what the process knows of itself and what the database keeps. It answers without the database too, and says so.</summary>
internal sealed class StatusQuery(
    Database database,
    SentinelStatus status,
    LeaderStatus leader,
    LeaseStore leases,
    WatermarkQuery watermarks,
    DeliveryStore deliveries,
    ChannelRoutes routes,
    HeartbeatState heartbeat,
    SourceNames sources,
    TimeProvider time)
{
    private const int RejectionsShown = 20;

    public async Task<StatusAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Answer(await StoredAsync(cancellationToken), null);
        }
        catch (DbException problem)
        {
            return Answer(null, LoopStatus.Describe(problem));
        }
    }

    private StatusAnswer Answer(Stored? stored, string? problem)
    {
        var now = time.GetUtcNow();
        var watermark = stored?.Progress.Known ?? status.Watermark?.Known;
        return new(
            now,
            LeadershipAnswer.Of(leader, stored?.Lease),
            LoopAnswer.Of(leader, status.Loop, problem),
            watermark,
            Watermark.LagOf(watermark, now),
            [.. sources.All.Select(source => SourceOf(source, stored?.Progress))],
            new(status.Read, status.Duplicates, status.Ignored, Value(Counter.Counted), Value(Counter.Malformed), Value(Counter.Late), Value(Counter.TooLate), Value(Counter.Overflowed), Value(Counter.Replaced), Value(Counter.Twins)),
            new(
                Value(Counter.AttestationValid), Value(Counter.AttestationAbsent), Value(Counter.AttestationForged), Value(Counter.AttestationStale),
                Value(Counter.AttestationReplayed), Value(Counter.AttestationUnverifiable)),
            stored?.Rejections ?? [],
            stored?.Pending,
            ChannelAnswer.Of(routes.All, stored?.Backlogs ?? []))
        {
            Heartbeat = heartbeat.Current,
        };

        long? Value(Counter counter) => stored?.Counters.GetValueOrDefault(counter.ToString());
    }

    private SourceAnswer SourceOf(string name, ReadProgress? progress)
    {
        var own = status.Of(name);
        var completed = own.LastCompleteRead ?? (progress?.CompletedReads.TryGetValue(name, out var at) == true ? at : null);
        var state = leader.Current is null ? "standby" : own.State.ToString().ToLowerInvariant();
        return new(name, state, own.LastAttempt, completed, own.FailuresInARow, own.Failures, own.Problem);
    }

    private async Task<Stored> StoredAsync(CancellationToken cancellationToken)
    {
        var counters = (await QueryAsync<(string Name, long Value)>("SELECT name, value FROM counter", cancellationToken)).ToDictionary(row => row.Name, row => row.Value);
        var rejections = await QueryAsync<(long At, string Source, string Origin, string Problem)>(
            $"SELECT rejected_at, source, origin, problem FROM rejection ORDER BY rejected_at DESC LIMIT {RejectionsShown}", cancellationToken);
        var pending = await QueryAsync<long>("SELECT COUNT(DISTINCT sequence) FROM delivery WHERE state = 'Pending'", cancellationToken);
        return new(
            await leases.ReadAsync(cancellationToken),
            await watermarks.ReadAsync(cancellationToken),
            counters,
            [.. rejections.Select(row => new RejectionAnswer(DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Source, row.Origin, row.Problem))],
            pending.Single(),
            await deliveries.ReadBacklogsAsync(cancellationToken));
    }

    private Task<IEnumerable<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);

    /// <summary>What only the database knows.</summary>
    private sealed record Stored(
        Lease Lease,
        ReadProgress Progress,
        IReadOnlyDictionary<string, long> Counters,
        IReadOnlyList<RejectionAnswer> Rejections,
        long Pending,
        IReadOnlyList<ChannelBacklog> Backlogs);
}
