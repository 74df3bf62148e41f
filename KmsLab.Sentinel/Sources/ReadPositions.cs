using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Sources;

/// <summary>How far long passes have come, so that a restart goes on from there: the table <c>read_position</c>. Without a row a pass begins at its beginning.</summary>
internal sealed class ReadPositions : ITurnPart
{
    private readonly Dictionary<string, PassPosition> _positions = [];
    private readonly HashSet<string> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    /// <summary>Where the last pass that would complete a source stood when it broke off.</summary>
    public PassPosition? Of(string source) => _positions.GetValueOrDefault(source);

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Source, long StartedAt, long Reached)>(
            new CommandDefinition("SELECT source, started_at, reached FROM read_position", cancellationToken: cancellationToken));
        foreach (var (source, startedAt, reached) in rows)
            _positions[source] = new(source, DateTimeOffset.FromUnixTimeMilliseconds(startedAt), DateTimeOffset.FromUnixTimeMilliseconds(reached));
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        foreach (var position in ((turn as Turn.Page)?.Positions ?? []).OfType<PassPosition>())
        {
            _positions[position.Source] = position;
            _changed.Add(position.Source);
        }

        if (turn is Turn.ReadEnd end && _positions.TryGetValue(end.Source, out var known) && known.StartedAt <= end.StartedAt)
        {
            _positions.Remove(end.Source);
            _changed.Add(end.Source);
        }

        return Task.CompletedTask;
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "read_position (source, started_at, reached)",
            "ON CONFLICT (source) DO UPDATE SET started_at = excluded.started_at, reached = excluded.reached",
            _changed.Where(_positions.ContainsKey).Select(source => _positions[source]).Select(position => new object[]
            {
                position.Source, position.StartedAt.ToUnixTimeMilliseconds(), position.Reached.ToUnixTimeMilliseconds(),
            }),
            cancellationToken);
        foreach (var source in _changed.Where(source => !_positions.ContainsKey(source)))
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM read_position WHERE source = @source", new { source }, transaction, cancellationToken: cancellationToken));
        }
    }

    public void Committed() => _changed.Clear();
}
