using System.Globalization;
using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.LocalAws.State;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KmsLab.LocalAws.Logs;

/// <summary>Reads log events a page at a time. Nothing is kept between pages, and messages that don't match are never copied.</summary>
internal sealed class LogReader(LogLimits limits, TimeProvider time)
{
    private const int MaxPageEvents = 10_000;
    private const int MaxPageBytes = 1_048_576;
    private const int MergedStreams = 8;

    /// <summary>A page of FilterLogEvents, in the order of timestamps over all streams.</summary>
    /// <remarks>It ends when it is full, or when enough has been looked through: a page may be empty and still have a token, as on AWS.</remarks>
    public FilterLogEventsResponse Filter(SqliteConnection connection, LogGroupRow group, FilterLogEventsRequest request, FilterPattern? pattern)
    {
        var streams = SelectedStreams(connection, group, request);
        var after = PageToken.Read(request.NextToken, 1) is not { } token ? new LogPosition(-1, 0)
            : LogPosition.TryParse(token[0], out var position) ? position : throw PageToken.Invalid();
        var from = Math.Max(Math.Max(request.StartTime ?? 0, Kept(group)), after.Timestamp);
        var limit = Math.Min(request.Limit ?? MaxPageEvents, MaxPageEvents);

        // Each stream has an index of its own, and a few are merged as they are read: others may hold any number of events.
        var (column, owners) = streams is { Count: <= MergedStreams } few ? ("stream_id", few.Keys.ToList()) : ("group_id", [group.Id]);
        if (owners.Count == 0)
            return new();
        using var command = Command(connection, Ordered(column, owners.Count), [from, request.EndTime ?? long.MaxValue, after.Timestamp, after.Id, .. owners]);
        using var reader = command.ExecuteReader();

        var response = new FilterLogEventsResponse();
        var names = streams ?? [];
        long read = 0, size = 0;
        while (reader.Read())
        {
            var message = Message(reader, 4);
            var isFull = response.Events.Count == limit || (response.Events.Count > 0 && size + message.Length + LogEvent.Overhead > MaxPageBytes);
            if (isFull || read > limits.ScanBytes)
            {
                response.NextToken = PageToken.Write(after.ToString());
                break;
            }

            after = new(reader.GetInt64(2), reader.GetInt64(0));
            read += message.Length + LogEvent.Overhead;
            var streamId = reader.GetInt64(1);
            if ((streams is not null && !streams.ContainsKey(streamId)) || (pattern is not null && !pattern.Matches(message)))
                continue;
            if (NameOf(connection, names, streamId) is not { } streamName)
                continue;

            size += message.Length + LogEvent.Overhead;
            response.Events.Add(new()
            {
                LogStreamName = streamName,
                Timestamp = after.Timestamp,
                Message = message.ToArray(),
                IngestionTime = reader.GetInt64(3),
                EventId = after.ToString(),
            });
        }

        return response;
    }

    /// <summary>A page of GetLogEvents. Both tokens name a place between two events, so a reader may turn round at any page and misses nothing.</summary>
    public GetLogEventsResponse Get(SqliteConnection connection, LogGroupRow group, long streamId, GetLogEventsRequest request)
    {
        var (place, isForward) = ReadToken(request);
        var from = Math.Max(request.StartTime ?? 0, Kept(group));
        var page = ReadPage(connection, streamId, from, request.EndTime ?? long.MaxValue, place, isForward, request.Limit ?? MaxPageEvents);

        var back = page.Count > 0 ? page[0].Position.Before : place ?? LogPosition.Start;
        var forth = page.Count > 0 ? page[^1].Position : place ?? LogPosition.Start;
        return new()
        {
            Events = page.ConvertAll(row => row.Event),
            NextForwardToken = $"f/{forth}/s",
            NextBackwardToken = $"b/{back}/s",
        };
    }

    private static string Ordered(string column, int owners) => string.Join("\nUNION ALL\n", Enumerable.Range(5, owners).Select(owner => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT id, stream_id, timestamp, ingestion, message, record FROM log_events LEFT JOIN trail_events ON seq = trail_seq
        WHERE {column} = ${owner} AND timestamp >= $1 AND timestamp <= $2 AND (timestamp > $3 OR id > $4)
        """))) + "\nORDER BY timestamp, id";

    private static List<(LogPosition Position, OutputLogEvent Event)> ReadPage(
        SqliteConnection connection, long streamId, long from, long to, LogPosition? place, bool isForward, int limit)
    {
        var (beyond, order) = isForward ? (">", "ASC") : ("<", "DESC");
        var at = place ?? new(isForward ? -1 : long.MaxValue, 0);
        var (first, last) = isForward ? (Math.Max(from, at.Timestamp), to) : (from, Math.Min(to, at.Timestamp == long.MaxValue ? to : at.Timestamp + 1));
        // Backwards, the event that the place follows is the first to return.
        using var command = Command(
            connection,
            $"""
            SELECT id, timestamp, ingestion, message, record FROM log_events LEFT JOIN trail_events ON seq = trail_seq
            WHERE stream_id = $1 AND timestamp >= $2 AND timestamp < $3 AND (timestamp {beyond} $4 OR (timestamp = $4 AND id {(isForward ? ">" : "<=")} $5))
            ORDER BY timestamp {order}, id {order} LIMIT $6
            """,
            streamId, first, last, at.Timestamp, at.Id, limit);
        using var reader = command.ExecuteReader();

        List<(LogPosition, OutputLogEvent)> page = [];
        var size = 0L;
        while (reader.Read())
        {
            var message = Message(reader, 3);
            size += message.Length + LogEvent.Overhead;
            if (size > MaxPageBytes && page.Count > 0)
                break;
            page.Add((
                new(reader.GetInt64(1), reader.GetInt64(0)),
                new() { Timestamp = reader.GetInt64(1), IngestionTime = reader.GetInt64(2), Message = message.ToArray() }));
        }

        if (!isForward)
            page.Reverse();
        return page;
    }

    private static (LogPosition? Place, bool IsForward) ReadToken(GetLogEventsRequest request)
    {
        if (request.NextToken is not { } token)
            return (null, request.StartFromHead == true);
        if (token is ['f' or 'b', '/', .. var digits, '/', 's'] && LogPosition.TryParse(digits, out var place))
            return (place, token[0] == 'f');

        throw PageToken.Invalid();
    }

    /// <summary>The streams that a request selects, by id; null for all of the group.</summary>
    private static Dictionary<long, string>? SelectedStreams(SqliteConnection connection, LogGroupRow group, FilterLogEventsRequest request)
    {
        if (request.LogStreamNames is { } names)
            return names.Distinct().ToDictionary(name => LogGroups.FindStream(connection, group.Id, name));
        if (request.LogStreamNamePrefix is not { } prefix)
            return null;

        return connection.Query(
            "SELECT id, name FROM log_streams WHERE group_id = $1 AND substr(name, 1, length($2)) = $2", row => (Id: row.GetInt64(0), Name: row.GetString(1)), group.Id, prefix)
            .ToDictionary(stream => stream.Id, stream => stream.Name);
    }

    /// <summary>A stream's name, or null if it was deleted and its events only wait to be removed.</summary>
    private static string? NameOf(SqliteConnection connection, Dictionary<long, string> names, long streamId)
    {
        if (names.TryGetValue(streamId, out var known))
            return known;

        var found = connection.Query("SELECT name FROM log_streams WHERE id = $1", row => row.GetString(0), streamId).FirstOrDefault();
        if (found is not null)
            names.Add(streamId, found);
        return found;
    }

    /// <summary>The first instant of which the group still keeps events, in Unix milliseconds.</summary>
    private long Kept(LogGroupRow group) => group.Retention is { } days ? (time.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds() : 0;

    /// <summary>An event's message, in place: its own in this column, or the trail's record in the next. Valid until the reader moves on.</summary>
    private static ReadOnlySpan<byte> Message(SqliteDataReader reader, int column) =>
        raw.sqlite3_column_blob(reader.Handle, reader.IsDBNull(column) ? column + 1 : column);

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<object> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), parameters[i]);
        return command;
    }
}

/// <summary>How much a page may cost.</summary>
/// <param name="ScanBytes">Bytes of messages that one page of FilterLogEvents looks through.</param>
internal sealed record LogLimits(long ScanBytes = 16 * 1024 * 1024);
