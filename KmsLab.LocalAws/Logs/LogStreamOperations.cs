using System.Globalization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.Logs;

/// <summary>Creates, describes and deletes log streams.</summary>
internal sealed class LogStreamOperations(StateStore store, LogStore events, TimeProvider time)
{
    private const int MaxPage = 50;

    /// <summary>AWS has ignored sequence tokens since 2023, and still returns one for a stream that events were put into.</summary>
    public const string SequenceToken = "49590302000000000000000000000000000000000000000000000000";

    public void AddTo(LogsService service)
    {
        service.Add("CreateLogStream", OnTrail.Write, () => LogsJson.Wire.StreamRequest, () => LogsJson.Wire.NoOutput, CreateAsync);
        service.Add("DeleteLogStream", OnTrail.Write, () => LogsJson.Wire.StreamRequest, () => LogsJson.Wire.NoOutput, DeleteAsync);
        service.Add("DescribeLogStreams", OnTrail.Read, () => LogsJson.Wire.DescribeLogStreamsRequest, () => LogsJson.Wire.DescribeLogStreamsResponse, Describe);
    }

    private async ValueTask<NoOutput> CreateAsync(AwsCall call, StreamRequest request)
    {
        call.Authorize(LogArn.OfStream(call.Scope, request.LogGroupName!, request.LogStreamName!));
        var created = await store.WriteAsync(session => LogStore.FindGroup(session, call.Scope, request.LogGroupName!) is not { } groupId
            ? LogGroups.NoGroup
            : session.Execute("INSERT OR IGNORE INTO log_streams (group_id, name, created) VALUES ($1, $2, $3)", groupId, request.LogStreamName, time.GetUtcNow().ToUnixTimeMilliseconds()));
        return created switch
        {
            LogGroups.NoGroup => throw LogGroups.GroupNotFound(),
            0 => throw new AwsException("ResourceAlreadyExistsException", "The specified log stream already exists"),
            _ => NoOutput.Instance,
        };
    }

    private async ValueTask<NoOutput> DeleteAsync(AwsCall call, StreamRequest request)
    {
        call.Authorize(LogArn.OfStream(call.Scope, request.LogGroupName!, request.LogStreamName!));
        var deleted = await store.WriteAsync(session =>
        {
            if (LogStore.FindGroup(session, call.Scope, request.LogGroupName!) is not { } groupId)
                return LogGroups.NoGroup;
            if (LogStore.FindStream(session, groupId, request.LogStreamName!) is not { } streamId)
                return LogGroups.NoStream;

            events.Forget(groupId);
            session.Execute("INSERT OR IGNORE INTO log_purges VALUES ($1)", streamId);
            return session.Execute("DELETE FROM log_streams WHERE id = $1", streamId);
        });
        return deleted switch
        {
            LogGroups.NoGroup => throw LogGroups.GroupNotFound(),
            LogGroups.NoStream => throw LogGroups.StreamNotFound(),
            _ => NoOutput.Instance,
        };
    }

    private DescribeLogStreamsResponse Describe(AwsCall call, DescribeLogStreamsRequest request)
    {
        var byTime = request.OrderBy == "LastEventTime";
        if (byTime && request.LogStreamNamePrefix is not null)
            throw LogGroups.Invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");

        var name = LogGroups.NameOf(call, request.LogGroupName, request.LogGroupIdentifier);
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        var descending = request.Descending == true;
        var limit = request.Limit ?? MaxPage;
        var after = PageToken.Read(request.NextToken, 2);
        var afterKey = after is null ? 0 : long.TryParse(after[0], CultureInfo.InvariantCulture, out var parsed) ? parsed : throw PageToken.Invalid();

        // One keyset for both orders: by name, the time part is the same for all.
        var key = byTime ? "coalesce(last_event, -1)" : "(name IS NULL)";
        var (next, order) = descending ? ("<", "DESC") : (">", "ASC");
        var rows = store.Read(connection => connection.Query(
            $"""
            SELECT name, created, first_event, last_event, last_ingestion FROM log_streams
            WHERE group_id = $1 AND ($2 IS NULL OR substr(name, 1, length($2)) = $2) AND ($3 IS NULL OR ({key}, name) {next} ($4, $3))
            ORDER BY {key} {order}, name {order} LIMIT $5
            """,
            row => Map(call.Scope, name, row), LogGroups.Find(connection, call.Scope, name).Id, request.LogStreamNamePrefix, after?[1], afterKey, limit + 1));

        return new() { LogStreams = [.. rows.Take(limit)], NextToken = rows.Count > limit ? Token(rows[limit - 1], byTime) : null };
    }

    private static string Token(LogStream last, bool byTime) =>
        PageToken.Write((byTime ? last.LastEventTimestamp ?? -1 : 0).ToString(CultureInfo.InvariantCulture), last.LogStreamName!);

    private static LogStream Map(RegionScope scope, string group, SqliteDataReader row) => new()
    {
        LogStreamName = row.GetString(0),
        CreationTime = row.GetInt64(1),
        FirstEventTimestamp = row.LongOrNull(2),
        LastEventTimestamp = row.LongOrNull(3),
        LastIngestionTime = row.LongOrNull(4),
        UploadSequenceToken = row.LongOrNull(4) is null ? null : SequenceToken,
        Arn = LogArn.OfStream(scope, group, row.GetString(0)),
        // AWS has reported 0 for streams since 2019; a group's is its size.
        StoredBytes = 0,
    };
}
