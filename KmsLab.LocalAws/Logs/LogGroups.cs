using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.Logs;

/// <summary>A log group as it is stored.</summary>
internal sealed record LogGroupRow(
    long Id, string Name, long Created, long? Retention, string Class, string? KmsKey, bool IsProtected, Dictionary<string, string> Tags, long Bytes, long Filters);

/// <summary>Finds log groups and streams, and says in AWS's words that there are none.</summary>
internal sealed class LogGroups(StateStore store)
{
    /// <summary>What a write answers instead of an id when there is no such group.</summary>
    public const long NoGroup = -1;

    /// <summary>What a write answers instead of an id when there is no such stream.</summary>
    public const long NoStream = -2;

    /// <summary>The columns of <see cref="Map"/>; the group is <c>g</c>.</summary>
    public const string Columns = """
        g.id, g.name, g.created, g.retention, g.class, g.kms_key, g.protected, g.tags,
        (SELECT coalesce(sum(s.bytes), 0) FROM log_streams s WHERE s.group_id = g.id),
        (SELECT count(*) FROM log_metric_filters f WHERE f.group_id = g.id)
        """;

    public static AwsException GroupNotFound() => new("ResourceNotFoundException", "The specified log group does not exist.");

    public static AwsException StreamNotFound() => new("ResourceNotFoundException", "The specified log stream does not exist.");

    public static AwsException Invalid(string message) => new("InvalidParameterException", message);

    /// <summary>Refuses a list with a null in it, which JSON can carry and AWS has no use for.</summary>
    /// <exception cref="AwsException">InvalidParameterException.</exception>
    public static void RefuseNulls<T>(IEnumerable<T?>? items, string member) where T : class
    {
        if (items?.Contains(null) == true)
            throw Validator.Error("InvalidParameterException", "null", member, "Member must not be null");
    }

    public LogGroupRow Find(RegionScope scope, string name) =>
        store.Read(connection => Find(connection, scope, name));

    /// <exception cref="AwsException">ResourceNotFoundException.</exception>
    public static LogGroupRow Find(SqliteConnection connection, RegionScope scope, string name) => connection
        .Query($"SELECT {Columns} FROM log_groups g WHERE g.account = $1 AND g.region = $2 AND g.name = $3", Map, scope.Account, scope.Region, name)
        .FirstOrDefault() ?? throw GroupNotFound();

    /// <summary>The id of a stream of a group.</summary>
    /// <exception cref="AwsException">ResourceNotFoundException.</exception>
    public static long FindStream(SqliteConnection connection, long groupId, string name)
    {
        var ids = connection.Query("SELECT id FROM log_streams WHERE group_id = $1 AND name = $2", row => row.GetInt64(0), groupId, name);
        return ids.Count == 1 ? ids[0] : throw StreamNotFound();
    }

    public static LogGroupRow Map(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.LongOrNull(3), row.GetString(4), row.TextOrNull(5), row.GetInt64(6) != 0,
        LogTags.Read(row.GetString(7)), row.GetInt64(8), row.GetInt64(9));

    /// <summary>The name in a request that may give either a name or an identifier, which is a name or an ARN.</summary>
    /// <exception cref="AwsException">InvalidParameterException: neither or both.</exception>
    public static string NameOf(AwsCall call, string? name, string? identifier) => (name, identifier) switch
    {
        (null, null) => throw Invalid("You must specify exactly one of logGroupName and logGroupIdentifier."),
        ({ }, { }) => throw new AwsException("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters."),
        ({ }, null) => name,
        _ => LogArn.NameIn(call.Scope, identifier!),
    };
}
