using Dapper;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>How far the trail is read.</summary>
/// <param name="Known">Event time up to which it is known to be complete.</param>
/// <param name="CompletedReads">When the last complete read of each source began.</param>
internal sealed record ReadProgress(DateTimeOffset? Known, IReadOnlyDictionary<string, DateTimeOffset> CompletedReads);

/// <summary>Says how far the trail is read: the leader knows, a standby reads what the leader has committed.</summary>
internal sealed class WatermarkQuery(Database database, SentinelStatus status)
{
    public async Task<ReadProgress> ReadAsync(CancellationToken cancellationToken)
    {
        var reads = await QueryAsync<(string Source, long At)>("SELECT source, completed_at FROM source_cursor", cancellationToken);
        var known = status.Watermark is { } own ? own.Known : Instant(await QueryAsync<long>("SELECT known_at FROM watermark", cancellationToken));
        return new(known, reads.ToDictionary(row => row.Source, row => DateTimeOffset.FromUnixTimeMilliseconds(row.At)));
    }

    private static DateTimeOffset? Instant(IEnumerable<long> rows) => rows.Select(at => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(at)).FirstOrDefault();

    private Task<IEnumerable<T>> QueryAsync<T>(string sql, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken)), cancellationToken);
}
