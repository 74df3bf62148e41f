using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Rates;

namespace KmsLab.Sentinel.Queries;

/// <summary>Reads distinct contexts of chosen pairs of key and principal: a day may hold 20 MB of all.</summary>
internal sealed class ContextSketches(TimeProvider time)
{
    /// <summary>SQLite finds each parameter by going through the names of all: a few at a time are faster there.</summary>
    private const int PairsPerStatement = 100;

    /// <summary>The days there are, each found through the index by itself.</summary>
    private const string DaysSql = """
        WITH RECURSIVE day (at) AS (
            SELECT MIN(day_at) FROM context_count WHERE day_at >= @from AND day_at < @to
            UNION ALL
            SELECT (SELECT MIN(day_at) FROM context_count WHERE day_at > day.at AND day_at < @to) FROM day WHERE day.at IS NOT NULL
        )
        SELECT at FROM day WHERE at IS NOT NULL
        """;

    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly PastContexts _past = new(time);

    /// <summary>The union of all days from <paramref name="from"/> until before <paramref name="to"/>, Unix milliseconds; <paramref name="from"/> begins a day, UTC.</summary>
    public async Task<Dictionary<(string, string), DistinctSketch>> ReadAsync(
        DbConnection connection, long from, long to, IReadOnlyList<(string Key, string Principal)> pairs, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var today = Math.Min((to + Day - 1) / Day * Day, now - (now % Day));
        var union = new Dictionary<(string, string), DistinctSketch>();
        if (from < today)
            await AddPastAsync(connection, from, today, pairs, union, cancellationToken);
        await AddAsync(connection, Math.Max(from, today), to, pairs, union, cancellationToken);
        return union;
    }

    private async Task AddPastAsync(
        DbConnection connection, long from, long to, IReadOnlyList<(string Key, string Principal)> pairs, Dictionary<(string, string), DistinctSketch> union, CancellationToken cancellationToken)
    {
        var known = new Dictionary<(string, string), DistinctSketch>();
        var unknown = _past.Find(from, to, pairs, known);
        var read = new Dictionary<(string, string), DistinctSketch>();
        await AddAsync(connection, from, to, unknown, read, cancellationToken);
        _past.Keep(from, to, unknown, read);
        foreach (var (pair, sketch) in known.Concat(read))
            union.Add(pair, sketch.Copy()); // What is remembered must not grow by today's.
    }

    private static async Task AddAsync(
        DbConnection connection, long from, long to, IReadOnlyList<(string Key, string Principal)> pairs, Dictionary<(string, string), DistinctSketch> union, CancellationToken cancellationToken)
    {
        if (pairs.Count == 0 || from >= to)
            return;

        var days = (await connection.QueryAsync<long>(new CommandDefinition(DaysSql, new { from, to }, cancellationToken: cancellationToken))).ToList();
        foreach (var chunk in pairs.Chunk(PairsPerStatement))
        {
            var (sql, parameters) = Statement(chunk);
            foreach (var day in days)
            {
                parameters.Add("day", day);
                var rows = await connection.QueryAsync<(string Key, string Principal, byte[] Hashes)>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
                foreach (var (key, principal, hashes) in rows)
                    Add(union, (key, principal), DistinctSketch.FromBytes(hashes));
            }
        }
    }

    /// <summary>One row after the other by the primary key: CROSS JOIN tells SQLite, which has no statistics, to begin with the pairs.</summary>
    private static (string Sql, DynamicParameters Parameters) Statement((string Key, string Principal)[] pairs)
    {
        var parameters = new DynamicParameters();
        for (var index = 0; index < pairs.Length; index++)
        {
            parameters.Add($"k{index}", pairs[index].Key);
            parameters.Add($"p{index}", pairs[index].Principal);
        }

        var wanted = string.Join(", ", Enumerable.Range(0, pairs.Length).Select(index => $"(@k{index}, @p{index})"));
        return (
            $"""
            WITH wanted (key_arn, principal) AS (VALUES {wanted})
            SELECT c.key_arn, c.principal, c.hashes FROM wanted CROSS JOIN context_count c WHERE c.day_at = @day AND c.key_arn = wanted.key_arn AND c.principal = wanted.principal
            """,
            parameters);
    }

    private static void Add(Dictionary<(string, string), DistinctSketch> union, (string, string) pair, DistinctSketch sketch)
    {
        if (union.TryGetValue(pair, out var known))
            known.Merge(sketch);
        else
            union.Add(pair, sketch);
    }
}
