using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Writes and reads log events. These are data events on AWS: a trail of management events has no record of them.</summary>
internal sealed class LogEventOperations(StateStore store, LogGroups groups, LogStore events, LogReader reader, TimeProvider time)
{
    public void AddTo(LogsService service)
    {
        service.Add("PutLogEvents", OnTrail.Nothing, () => LogsJson.Wire.PutLogEventsRequest, () => LogsJson.Wire.PutLogEventsResponse, PutAsync);
        service.Add("GetLogEvents", OnTrail.Nothing, () => LogsJson.Wire.GetLogEventsRequest, () => LogsJson.Wire.GetLogEventsResponse, Get);
        service.Add("FilterLogEvents", OnTrail.Nothing, () => LogsJson.Wire.FilterLogEventsRequest, () => LogsJson.Wire.FilterLogEventsResponse, Filter);
    }

    private async ValueTask<PutLogEventsResponse> PutAsync(AwsCall call, PutLogEventsRequest request)
    {
        call.Authorize(LogArn.OfStream(call.Scope, request.LogGroupName!, request.LogStreamName!));
        LogGroups.RefuseNulls(request.LogEvents, "logEvents");
        var group = groups.Find(call.Scope, request.LogGroupName!);
        var batch = new LogEvent[request.LogEvents!.Count];
        for (var i = 0; i < batch.Length; i++)
            batch[i] = new(request.LogEvents[i].Timestamp!.Value, request.LogEvents[i].Message!);

        var (accepted, rejected) = LogBatch.Check(batch, time.GetUtcNow(), group.Retention);
        var groupId = await events.AppendAsync(call.Scope, group.Name, request.LogStreamName!, accepted);
        return groupId switch
        {
            LogGroups.NoGroup => throw LogGroups.GroupNotFound(),
            LogGroups.NoStream => throw LogGroups.StreamNotFound(),
            _ => new()
            {
                NextSequenceToken = LogStreamOperations.SequenceToken,
                RejectedLogEventsInfo = rejected,
                // The events are taken all the same, as on AWS.
                RejectedEntityInfo = request.Entity is null ? null : new() { ErrorType = "UnsupportedLogGroupType" },
            },
        };
    }

    private GetLogEventsResponse Get(AwsCall call, GetLogEventsRequest request)
    {
        var name = LogGroups.NameOf(call, request.LogGroupName, request.LogGroupIdentifier);
        call.Authorize(LogArn.OfStream(call.Scope, name, request.LogStreamName!));
        return store.Read(connection =>
        {
            var group = LogGroups.Find(connection, call.Scope, name);
            return reader.Get(connection, group, LogGroups.FindStream(connection, group.Id, request.LogStreamName!), request);
        });
    }

    private FilterLogEventsResponse Filter(AwsCall call, FilterLogEventsRequest request)
    {
        LogGroups.RefuseNulls(request.LogStreamNames, "logStreamNames");
        if (request.LogStreamNames is not null && request.LogStreamNamePrefix is not null)
            throw LogGroups.Invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.");

        var name = LogGroups.NameOf(call, request.LogGroupName, request.LogGroupIdentifier);
        call.Authorize(LogArn.OfGroupAndAllIn(call.Scope, name));
        var pattern = Parse(request.FilterPattern);
        return store.Read(connection => reader.Filter(connection, LogGroups.Find(connection, call.Scope, name), request, pattern));
    }

    private static FilterPattern? Parse(string? text)
    {
        try
        {
            return FilterPattern.Parse(text ?? "") is { MatchesEverything: false } pattern ? pattern : null;
        }
        catch (FilterPatternException error)
        {
            throw LogGroups.Invalid(error.Message);
        }
    }
}
