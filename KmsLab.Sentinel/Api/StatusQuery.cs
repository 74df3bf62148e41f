using Dapper;
using KmsLab.Sentinel.Ingest;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.State;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Api;

/// <summary>Puts together what the process knows of itself and what the database keeps.</summary>
internal sealed class StatusQuery(Database database, SentinelStatus status, DeliveryStore deliveries, ChannelRoutes routes, IEnumerable<IRecordSource> sources, TimeProvider time)
{
    private const int RejectionsShown = 20;

    public async Task<StatusAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        var counters = (await QueryAsync<(string Name, long Value)>("SELECT name, value FROM counter", cancellationToken)).ToDictionary(row => row.Name, row => row.Value);
        var rejections = await QueryAsync<(long At, string Source, string Origin, string Problem)>(
            $"SELECT rejected_at, source, origin, problem FROM rejection ORDER BY rejected_at DESC LIMIT {RejectionsShown}", cancellationToken);
        var pending = await QueryAsync<long>("SELECT COUNT(DISTINCT sequence) FROM delivery WHERE state = 'Pending'", cancellationToken);
        var backlogs = await deliveries.ReadBacklogsAsync(cancellationToken);

        var now = time.GetUtcNow();
        return new(
            now,
            status.Watermark?.Known,
            LagOf(status.Watermark?.Known, now),
            [.. sources.Select(source => SourceOf(source.Name, status.Of(source.Name)))],
            new(status.Read, status.Duplicates, status.Ignored, Value(Counter.Counted), Value(Counter.Malformed), Value(Counter.Late), Value(Counter.TooLate), Value(Counter.Overflowed)),
            [.. rejections.Select(row => new RejectionAnswer(DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Source, row.Origin, row.Problem))],
            pending.Single(),
            ChannelAnswer.Of(routes.All, backlogs));

        long Value(Counter counter) => counters.GetValueOrDefault(counter.ToString());
    }

    public static double? LagOf(DateTimeOffset? watermark, DateTimeOffset now) => watermark is { } at ? Math.Max(0, (now - at).TotalSeconds) : null;

    private static SourceAnswer SourceOf(string name, SourceStatus source) =>
        new(name, source.State.ToString().ToLowerInvariant(), source.LastAttempt, source.LastCompleteRead, source.FailuresInARow, source.Failures, source.Problem);

    private Task<IEnumerable<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);
}
