using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>How far the files of a replay have been read: the table <c>file_position</c>.</summary>
internal sealed class FilePositions : ITurnPart
{
    private readonly Dictionary<(string Source, string Path), FilePosition> _reached = [];

    public bool HasChanges => _reached.Count > 0;

    /// <summary>Reads how far the files of a source have been read.</summary>
    public static Task<IReadOnlyList<FilePosition>> ReadAsync(Database database, string source, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(string Path, long Length, long ModifiedAt, string Layout, long Offset, long Records, long Skip, long Done)>(
                new CommandDefinition(
                    "SELECT path, length, modified_at, layout, position, records, skip, done FROM file_position WHERE source = @source",
                    new { source }, cancellationToken: cancellationToken));
            return (IReadOnlyList<FilePosition>)[.. rows.Select(row => new FilePosition(
                row.Path, row.Length, row.ModifiedAt, Enum.TryParse<FileLayout>(row.Layout, out var layout) ? layout : null, row.Offset, row.Records, row.Skip, row.Done != 0))];
        },
        cancellationToken);

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        if (turn is Turn.Page page)
        {
            foreach (var position in page.Positions.OfType<FilePosition>())
                _reached[(page.Source, position.Path)] = position;
        }

        return Task.CompletedTask;
    }

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => RowWriter.InsertAsync(
        transaction, "file_position (source, path, length, modified_at, layout, position, records, skip, done)",
        """
        ON CONFLICT (source, path) DO UPDATE SET
            length = excluded.length, modified_at = excluded.modified_at, layout = excluded.layout, position = excluded.position,
            records = excluded.records, skip = excluded.skip, done = excluded.done
        """,
        _reached.Select(reached => (reached.Key.Source, At: reached.Value)).Select(row => new object[]
        {
            row.Source, row.At.Path, row.At.Length, row.At.ModifiedAt, row.At.Layout?.ToString() ?? "", row.At.Offset, row.At.Records, row.At.Skip, row.At.Done ? 1L : 0L,
        }),
        cancellationToken);

    public void Committed() => _reached.Clear();
}
