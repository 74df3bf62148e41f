using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Rates;

/// <summary>Adds old buckets up to coarser ones, and deletes what is older than is kept, in transactions of a bounded size: the loop waits for them.</summary>
/// <remarks>
/// One coarse bucket of all series is one transaction: its fine buckets go and their sum stays, or neither. A late record makes a fine bucket again,
/// which the next round adds to the coarse one; so the sums are exact, and whoever reads in between finds both.
/// </remarks>
internal sealed class RatePruning(Database database, LeaderWrites writes, RateOptions rates, TurnOptions turns)
{
    private const int SpansARound = 12;
    private const int SeriesARound = 2000;
    private const int PairsARound = 2000;

    private DateTimeOffset? _rolledTo;
    private DateTimeOffset? _next;
    private bool _mayHaveUnusedPairs = true; // At start nobody knows where the last process stopped.

    /// <param name="now">The time.</param>
    /// <param name="series">The series in memory.</param>
    /// <param name="uses">The uses of keys in memory.</param>
    /// <param name="cancellationToken">Gives up between transactions.</param>
    public async Task RunAsync(DateTimeOffset now, SeriesStore series, KeyUseStore uses, CancellationToken cancellationToken)
    {
        await RollUpAsync(Floor(now - rates.FineFor), cancellationToken);
        await DeleteAsync(Floor(now - rates.KeepFor), cancellationToken);
        _mayHaveUnusedPairs |= await ExecuteAsync(
            "DELETE FROM context_count WHERE day_at < @floor; DELETE FROM key_use WHERE day_at < @floor", new { floor = (now - rates.KeepFor).ToUnixTimeMilliseconds() }, repeatable: true, cancellationToken) > 0;
        if (_mayHaveUnusedPairs)
            _mayHaveUnusedPairs = await DeletePairsAsync(uses, cancellationToken);
        await DeleteSeriesAsync(series, Floor(now - rates.KeepFor), cancellationToken);
    }

    private long Size => (long)rates.CoarseBucketSize.TotalMilliseconds;

    private DateTimeOffset Floor(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds() / Size * Size);

    private async Task RollUpAsync(DateTimeOffset end, CancellationToken cancellationToken)
    {
        if (_rolledTo >= end)
            return;

        var next = _next ?? await BeginAsync(cancellationToken) ?? end;
        for (var rounds = 0; next < end && rounds < SpansARound; rounds++)
        {
            await RollUpOneAsync(next.ToUnixTimeMilliseconds(), cancellationToken);
            _next = next += rates.CoarseBucketSize;
        }

        if (next >= end)
            (_rolledTo, _next) = (end, null);
    }

    /// <summary>What came late since the last round lies within the time for which late records are accepted; at start nobody knows how old it is.</summary>
    private async Task<DateTimeOffset?> BeginAsync(CancellationToken cancellationToken)
    {
        var lateness = turns.Retention - rates.FineFor;
        return _rolledTo is { } last
            ? Floor(last - (lateness > TimeSpan.Zero ? lateness : TimeSpan.Zero)) - rates.CoarseBucketSize
            : await FirstFineAsync(cancellationToken);
    }

    private async Task<DateTimeOffset?> FirstFineAsync(CancellationToken cancellationToken)
    {
        var first = await database.ReadAsync(
            connection => connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT MIN(start_at) FROM bucket WHERE size < @size", new { size = Size }, cancellationToken: cancellationToken)),
            cancellationToken);
        return first is { } at ? Floor(DateTimeOffset.FromUnixTimeMilliseconds(at)) : null;
    }

    private Task<int> RollUpOneAsync(long start, CancellationToken cancellationToken) => ExecuteAsync(
        """
        INSERT INTO bucket (start_at, series_id, size, calls)
        SELECT @start, series_id, @size, CAST(SUM(calls) AS BIGINT) FROM bucket WHERE start_at >= @start AND start_at < @start + @size AND size < @size GROUP BY series_id
        ON CONFLICT (start_at, series_id, size) DO UPDATE SET calls = bucket.calls + excluded.calls;
        DELETE FROM bucket WHERE start_at >= @start AND start_at < @start + @size AND size < @size;
        """,
        new { start, size = Size },
        repeatable: false,
        cancellationToken);

    private async Task DeleteAsync(DateTimeOffset floor, CancellationToken cancellationToken)
    {
        for (var rounds = 0; rounds < SpansARound; rounds++)
        {
            var first = await database.ReadAsync(
                connection => connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT MIN(start_at) FROM bucket", cancellationToken: cancellationToken)), cancellationToken);
            if (first is not { } at || at >= floor.ToUnixTimeMilliseconds())
                return;

            await ExecuteAsync(
                "DELETE FROM bucket WHERE start_at < @bound", new { bound = Math.Min(at + Size, floor.ToUnixTimeMilliseconds()) }, repeatable: true, cancellationToken);
        }
    }

    /// <summary>Their numbers are not given again while this process lives.</summary>
    private async Task DeleteSeriesAsync(SeriesStore series, DateTimeOffset floor, CancellationToken cancellationToken)
    {
        var unused = series.Unused(floor, SeriesARound);
        if (unused.Count == 0)
            return;

        await writes.WriteAsync(
            async (connection, transaction) =>
            {
                foreach (var (key, id) in unused)
                    await connection.ExecuteAsync(new CommandDefinition("DELETE FROM series WHERE id = @id", new { id }, transaction, cancellationToken: cancellationToken));
                return 0;
            },
            cancellationToken,
            repeatable: true);
        series.Forget(unused);
    }

    /// <summary>First uses of pairs whose days are all gone; only the loop, which waits for this, writes new ones.</summary>
    /// <remarks>Memory forgets first: a pair that it still had and the database had not would never be written again.</remarks>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> DeletePairsAsync(KeyUseStore store, CancellationToken cancellationToken)
    {
        var unused = await UnusedPairsAsync(cancellationToken);
        if (unused.Count == 0)
            return false;

        store.Forget(unused);
        await writes.WriteAsync(
            async (connection, transaction) =>
            {
                foreach (var (key, principal) in unused)
                    await connection.ExecuteAsync(new CommandDefinition("DELETE FROM key_principal WHERE key_arn = @key AND principal = @principal", new { key, principal }, transaction, cancellationToken: cancellationToken));
                return 0;
            },
            cancellationToken,
            repeatable: true);
        return unused.Count == PairsARound;
    }

    /// <summary>A difference of sets: no index finds a pair's days.</summary>
    private async Task<IReadOnlyList<(string Key, string Principal)>> UnusedPairsAsync(CancellationToken cancellationToken)
    {
        var pairs = await database.ReadAsync(
            connection => connection.QueryAsync<(string Key, string Principal)>(new CommandDefinition(
                $"SELECT key_arn, principal FROM key_principal EXCEPT SELECT key_arn, principal FROM key_use LIMIT {PairsARound}", cancellationToken: cancellationToken)),
            cancellationToken);
        return [.. pairs];
    }

    private Task<int> ExecuteAsync(string sql, object parameters, bool repeatable, CancellationToken cancellationToken) => writes.WriteAsync(
        (DbConnection connection, DbTransaction transaction) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable);
}
