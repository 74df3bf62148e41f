using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>How far each source is read, and the trail as a whole: the tables <c>source_cursor</c> and <c>watermark</c>.</summary>
internal sealed class ReadCursors : ITurnPart
{
    private readonly Dictionary<string, DateTimeOffset> _completed = [];
    private readonly Dictionary<string, DateTimeOffset> _ends = [];
    private DateTimeOffset? _watermark;

    /// <summary>When the last complete read of each source began.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Completed => _completed;

    public bool HasChanges => _ends.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Source, long At)>(
            new CommandDefinition("SELECT source, completed_at FROM source_cursor", cancellationToken: cancellationToken));
        foreach (var (source, at) in rows)
            _completed[source] = DateTimeOffset.FromUnixTimeMilliseconds(at);
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        if (turn is Turn.ReadEnd end)
            _completed[end.Source] = _ends[end.Source] = end.StartedAt;
        return Task.CompletedTask;
    }

    public void Advance(TurnMoment moment) => _watermark = moment.Watermark.Known;

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (_watermark is { } watermark)
        {
            await RowWriter.InsertAsync(
                transaction, "watermark (name, known_at)", "ON CONFLICT (name) DO UPDATE SET known_at = excluded.known_at",
                [["sentinel", watermark.ToUnixTimeMilliseconds()]], cancellationToken);
        }

        await RowWriter.InsertAsync(
            transaction, "source_cursor (source, completed_at)", "ON CONFLICT (source) DO UPDATE SET completed_at = excluded.completed_at",
            _ends.Select(end => new object[] { end.Key, end.Value.ToUnixTimeMilliseconds() }), cancellationToken);
    }

    public void Committed() => _ends.Clear();
}
