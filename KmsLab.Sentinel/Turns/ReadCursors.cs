using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>How far each source is read, and the trail as a whole: the tables <c>source_cursor</c> and <c>watermark</c>.</summary>
internal sealed class ReadCursors : ITurnPart
{
    private readonly Dictionary<string, DateTimeOffset> _completed = [];
    private Turn.ReadEnd? _end;
    private DateTimeOffset? _watermark;

    /// <summary>When the last complete read of each source began.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Completed => _completed;

    public bool HasChanges => _end is not null;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Source, long At)>(
            new CommandDefinition("SELECT source, completed_at FROM source_cursor", cancellationToken: cancellationToken));
        foreach (var (source, at) in rows)
            _completed[source] = DateTimeOffset.FromUnixTimeMilliseconds(at);
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _end = turn as Turn.ReadEnd;
        if (_end is not null)
            _completed[_end.Source] = _end.StartedAt;
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

        if (_end is { } end)
        {
            await RowWriter.InsertAsync(
                transaction, "source_cursor (source, completed_at)", "ON CONFLICT (source) DO UPDATE SET completed_at = excluded.completed_at",
                [[end.Source, end.StartedAt.ToUnixTimeMilliseconds()]], cancellationToken);
        }
    }

    public void Committed() => _end = null;
}
