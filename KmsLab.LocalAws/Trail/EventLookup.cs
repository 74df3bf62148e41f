using System.Globalization;
using System.Text;
using System.Text.Json;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.Trail;

/// <summary>LookupEvents: the management events of a Region in the last 90 days, newest first, whether or not a trail exists.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html. AWS's limit of 2 calls a second is not enforced.</remarks>
internal sealed class EventLookup(StateStore store, TimeProvider time)
{
    private const int MaxPage = 50;
    private static readonly TimeSpan History = TimeSpan.FromDays(90);

    /// <summary>Finds a page of events.</summary>
    public LookupEventsResponse Find(AwsCall call, LookupEventsRequest request)
    {
        var limit = request.MaxResults ?? MaxPage;
        if (limit is < 1 or > MaxPage)
            throw new AwsException("InvalidMaxResultsException", $"MaxResults must be from 1 to {MaxPage}.");
        if (request.StartTime > request.EndTime)
            throw new AwsException("InvalidTimeRangeException", "The start time is after the end time.");
        if (request.LookupAttributes is { Count: > 1 })
            throw new AwsException("InvalidLookupAttributesException", "You can only specify one attribute for lookup.");
        // There are no Insights events here.
        if (request.EventCategory is not null)
            return new() { Events = [] };

        var page = Page(call, request, ReadToken(request), limit + 1);
        var hasMore = page.Count > limit;
        if (hasMore)
            page.RemoveAt(limit);
        return new() { Events = page.ConvertAll(row => row.Event), NextToken = hasMore ? WriteToken(request, page[^1]) : null };
    }

    private List<Row> Page(AwsCall call, LookupEventsRequest request, (long Time, long Seq) before, int limit)
    {
        var (condition, value) = Condition(request.LookupAttributes?.FirstOrDefault());
        var oldest = (time.GetUtcNow() - History).ToUnixTimeMilliseconds();
        var start = Math.Max(request.StartTime?.ToUnixTimeMilliseconds() ?? oldest, oldest);
        var end = request.EndTime?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        return store.Read(connection => connection.Query(
            $"""
            SELECT seq, time, event_id, name, read_only, access_key_id, source, username, record FROM trail_events
            WHERE account = $1 AND region = $2 AND data = 0 AND time >= $3 AND time <= $4 AND (time < $5 OR (time = $5 AND seq < $6)) AND {condition}
            ORDER BY time DESC, seq DESC LIMIT $7
            """,
            ReadRow, call.Account, call.Region, start, end, before.Time, before.Seq, limit, value));
    }

    /// <summary>SQL for an attribute, with <c>$8</c> as its value.</summary>
    private static (string Sql, object? Value) Condition(LookupAttribute? attribute) => attribute?.AttributeKey switch
    {
        null => ("$8 IS NULL", null),
        "EventId" => ("event_id = $8", Guid.TryParse(attribute.AttributeValue, out var id) ? id.ToByteArray(bigEndian: true) : Array.Empty<byte>()),
        "EventName" => ("name = $8", attribute.AttributeValue),
        "ReadOnly" => ("read_only = $8", attribute.AttributeValue == "true" ? 1L : 0L),
        "Username" => ("username = $8", attribute.AttributeValue),
        "EventSource" => ("source = $8", attribute.AttributeValue),
        "AccessKeyId" => ("access_key_id = $8", attribute.AttributeValue),
        "ResourceName" => ("instr(char(10) || resources || char(10), char(10) || $8 || char(10)) > 0", attribute.AttributeValue),
        _ => ("EXISTS (SELECT 1 FROM json_each(CAST(record AS TEXT), '$.resources') WHERE json_extract(value, '$.type') = $8)", attribute.AttributeValue),
    };

    private static Row ReadRow(SqliteDataReader reader)
    {
        var record = reader.Blob(8);
        return new(reader.GetInt64(1), reader.GetInt64(0), new LookedUpEvent
        {
            EventId = new Guid(reader.Blob(2), bigEndian: true).ToString(),
            EventName = reader.GetString(3),
            ReadOnly = reader.GetInt64(4) != 0 ? "true" : "false",
            AccessKeyId = NullIfEmpty(reader.GetString(5)),
            EventTime = DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(1) / 1000),
            EventSource = reader.GetString(6),
            Username = NullIfEmpty(reader.GetString(7)),
            Resources = Resources(record),
            CloudTrailEvent = Encoding.UTF8.GetString(record),
        });
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static List<LookedUpResource> Resources(byte[] record)
    {
        using var json = JsonDocument.Parse(record);
        return json.RootElement.TryGetProperty("resources", out var resources)
            ? [.. resources.EnumerateArray().Select(resource => new LookedUpResource { ResourceType = resource.GetProperty("type").GetString(), ResourceName = resource.GetProperty("ARN").GetString() })]
            : [];
    }

    /// <summary>Where the last page ended, and the question that it belongs to: a token can't be used with another.</summary>
    private static string WriteToken(LookupEventsRequest request, Row last) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.Time}|{last.Seq}|{Question(request)}")));

    private static (long Time, long Seq) ReadToken(LookupEventsRequest request)
    {
        if (request.NextToken is not { } token)
            return (long.MaxValue, long.MaxValue);

        Span<byte> bytes = new byte[token.Length];
        if (Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes[..length]).Split('|', 3) is [var at, var seq, var question]
            && long.TryParse(at, CultureInfo.InvariantCulture, out var beforeTime)
            && long.TryParse(seq, CultureInfo.InvariantCulture, out var beforeSeq)
            && question == Question(request))
            return (beforeTime, beforeSeq);

        throw new AwsException("InvalidNextTokenException", "The next token is not valid, or belongs to a request with other parameters.");
    }

    private static string Question(LookupEventsRequest request)
    {
        var attribute = request.LookupAttributes?.FirstOrDefault();
        return string.Create(CultureInfo.InvariantCulture, $"{attribute?.AttributeKey}={attribute?.AttributeValue};{request.StartTime?.ToUnixTimeMilliseconds()};{request.EndTime?.ToUnixTimeMilliseconds()}");
    }

    private sealed record Row(long Time, long Seq, LookedUpEvent Event);
}
