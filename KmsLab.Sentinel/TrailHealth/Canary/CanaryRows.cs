using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>The canaries in the database, and what this turn changed of them.</summary>
internal sealed class CanaryRows
{
    private readonly Dictionary<long, CanaryCall> _changed = [];
    private readonly HashSet<(long Sequence, string Source)> _passages = [];
    private readonly Dictionary<string, DateTimeOffset> _reach = [];
    private readonly List<long> _removed = [];

    public bool HasChanges => _changed.Count + _passages.Count + _reach.Count + _removed.Count > 0;

    private readonly Dictionary<long, CanaryCall> _passing = [];

    public void Changed(CanaryCall call) => _changed[call.Sequence] = call;

    public void Changed(CanaryCall call, string source)
    {
        _passing[call.Sequence] = call;
        _passages.Add((call.Sequence, source));
    }

    public void Reached(string source, DateTimeOffset until) => _reach[source] = until;

    public void Removed(CanaryCall call) => _removed.Add(call.Sequence);

    /// <summary>Reads what is committed.</summary>
    public static async Task LoadAsync(DbConnection connection, Action<CanaryCall> add, Dictionary<string, DateTimeOffset> reach, CancellationToken cancellationToken)
    {
        var calls = new Dictionary<long, CanaryCall>();
        foreach (var row in await QueryAsync<CallRow>(
            "SELECT sequence AS Sequence, nonce AS Nonce, key_arn AS KeyArn, called_at AS CalledAt, outcome AS Outcome, request_id AS RequestId, problem AS Problem, transient AS Transient, event_time AS EventTime FROM canary"))
            calls.Add(row.Sequence, row.ToCall());
        foreach (var (sequence, source, state, at) in await QueryAsync<(long, string, string, long)>("SELECT sequence, source, state, at FROM canary_passage"))
        {
            if (calls.TryGetValue(sequence, out var call))
                call.Passages[source] = new(Enum.Parse<PassageState>(state), Instant(at));
        }

        foreach (var (source, until) in await QueryAsync<(string, long)>("SELECT source, complete_until FROM canary_reach"))
            reach[source] = Instant(until);
        foreach (var call in calls.Values)
            add(call);

        Task<IEnumerable<T>> QueryAsync<T>(string sql) => connection.QueryAsync<T>(new CommandDefinition(sql, cancellationToken: cancellationToken));
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "canary (sequence, nonce, key_arn, called_at, outcome, request_id, problem, transient, event_time)",
            """
            ON CONFLICT (sequence) DO UPDATE SET
                outcome = excluded.outcome, request_id = excluded.request_id, problem = excluded.problem, transient = excluded.transient, event_time = excluded.event_time
            """,
            _changed.Values.Select(RowOf), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "canary_passage (sequence, source, state, at)", "ON CONFLICT (sequence, source) DO UPDATE SET state = excluded.state, at = excluded.at",
            _passages.Select(PassageOf), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "canary_reach (source, complete_until)", "ON CONFLICT (source) DO UPDATE SET complete_until = excluded.complete_until",
            _reach.Select(reach => new object[] { reach.Key, reach.Value.ToUnixTimeMilliseconds() }), cancellationToken);
        if (_removed.Count > 0)
        {
            foreach (var table in new[] { "canary", "canary_passage" })
            {
                await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                    $"DELETE FROM {table} WHERE sequence = @sequence", _removed.Select(sequence => new { sequence }), transaction, cancellationToken: cancellationToken));
            }
        }

        _changed.Clear();
        _passages.Clear();
        _passing.Clear();
        _reach.Clear();
        _removed.Clear();
    }

    private static object[] RowOf(CanaryCall call) =>
    [
        call.Sequence, call.Nonce, call.KeyArn, call.CalledAt.ToUnixTimeMilliseconds(), call.Outcome.ToString(), call.RequestId ?? "",
        call.Problem?.Text ?? "", call.Problem is { IsTransient: true } ? 1L : 0L, call.EventTime?.ToUnixTimeMilliseconds() ?? 0L,
    ];

    private object[] PassageOf((long Sequence, string Source) passage)
    {
        var (state, at) = _passing[passage.Sequence].Passages[passage.Source];
        return [passage.Sequence, passage.Source, state.ToString(), at.ToUnixTimeMilliseconds()];
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private sealed class CallRow
    {
        public required long Sequence { get; init; }

        public required string Nonce { get; init; }

        public required string KeyArn { get; init; }

        public required long CalledAt { get; init; }

        public required string Outcome { get; init; }

        public required string RequestId { get; init; }

        public required string Problem { get; init; }

        public required long Transient { get; init; }

        public required long EventTime { get; init; }

        public CanaryCall ToCall() => new(Sequence, Nonce, KeyArn, Instant(CalledAt))
        {
            Outcome = Enum.Parse<CanaryOutcome>(Outcome),
            RequestId = RequestId.Length > 0 ? RequestId : null,
            Problem = Problem.Length > 0 ? new(Problem, Transient != 0) : null,
            EventTime = EventTime > 0 ? Instant(EventTime) : null,
        };
    }
}
