using System.Runtime.InteropServices;
using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>Writes the CloudTrail record of each management call, and of each data event that a trail selects; the call's answer waits for that commit.</summary>
internal sealed class TrailRecorder(TrailHistory history, Trails trails, TrailDelivery delivery, TimeProvider time)
{
    private const string AccessDenied = "AccessDenied";
    private const string AwsInternal = "AWS Internal";

    /// <summary>After the operation: writes its record.</summary>
    public void Record(AwsCall call, object request, object? response, AwsException? error)
    {
        var onTrail = call.Operation.OnTrail;
        if (!onTrail.Recorded || (onTrail.IsDataEvent && (call.Resources.Count == 0 || !trails.Snapshot.Any(trail => EventFilter.TakesData(trail.Definition)))))
            return;

        var errorCode = error is null ? null : ErrorCode(error, call.Service);
        var isBare = errorCode == AccessDenied && delivery.Settings.BareDenials;
        using var buffer = WireBuffer.Rent();
        var eventId = Guid.NewGuid();
        RecordWriter.Write(buffer.Json, new RecordedCall
        {
            Identity = call.Caller.Identity,
            Time = call.Time,
            Source = call.Service.EventSource,
            Name = call.Operation.EventName,
            Region = call.Region,
            SourceIp = call.SourceIp,
            UserAgent = call.UserAgent,
            ErrorCode = errorCode,
            ErrorMessage = error?.Message,
            RequestParameters = onTrail.RequestParameters && !isBare ? Project(call.Operation.RequestShape, request) : null,
            ResponseElements = onTrail.ResponseElements && response is not null ? Project(call.Operation.ResponseShape, response) : null,
            AdditionalEventData = call.AdditionalEventData,
            RequestId = call.RequestId,
            EventId = eventId,
            ReadOnly = onTrail.ReadOnly,
            Resources = isBare ? [] : CollectionsMarshal.AsSpan(call.Resources),
            EventType = TrailEvent.ApiCall,
            Account = call.Account,
            IsDataEvent = onTrail.IsDataEvent,
            Tls = call.Tls,
            Host = call.Host,
        });
        buffer.Json.Flush();
        var record = new TrailEvent
        {
            EventId = eventId,
            Type = TrailEvent.ApiCall,
            Account = call.Account,
            Region = call.Region,
            Time = call.Time,
            Source = call.Service.EventSource,
            Name = call.Operation.EventName,
            ReadOnly = onTrail.ReadOnly,
            IsDataEvent = onTrail.IsDataEvent,
            CallerArn = call.Caller.Arn,
            Username = call.Caller.Name,
            AccessKeyId = call.Caller.AccessKeyId,
            Resources = call.Resources,
            Json = buffer.Written.ToArray(),
        };
        var targets = Targets(record, call.TrailsAtStart);
        if (record.IsDataEvent && targets.Length == 0)
            return;
        history.Append(call, record, targets);
        if (error is null)
            call.FurtherRecords.ForEach(further => Record(call, further));
    }

    /// <summary>Writes what the service did in another Region on the caller's behalf.</summary>
    private void Record(AwsCall call, FurtherRecord further)
    {
        var caller = call.Caller.InvokedBy(call.Service.EventSource);
        using var buffer = WireBuffer.Rent();
        var eventId = Guid.NewGuid();
        RecordWriter.Write(buffer.Json, new RecordedCall
        {
            Identity = caller.Identity,
            Time = call.Time,
            Source = call.Service.EventSource,
            Name = further.EventName,
            Region = further.Region,
            SourceIp = call.SourceIp,
            UserAgent = AwsInternal,
            RequestParameters = Project(further.RequestShape, further.Request),
            ResponseElements = further.Response is { } response ? Project(further.ResponseShape!, response) : null,
            RequestId = call.RequestId,
            EventId = eventId,
            ReadOnly = false,
            Resources = further.Resources.ToArray(),
            EventType = TrailEvent.ApiCall,
            Account = call.Account,
        });
        buffer.Json.Flush();
        var record = new TrailEvent
        {
            EventId = eventId,
            Type = TrailEvent.ApiCall,
            Account = call.Account,
            Region = further.Region,
            Time = call.Time,
            Source = call.Service.EventSource,
            Name = further.EventName,
            ReadOnly = false,
            CallerArn = caller.Arn,
            Username = caller.Name,
            AccessKeyId = caller.AccessKeyId,
            Resources = further.Resources,
            Json = buffer.Written.ToArray(),
        };
        history.Append(call, record, Targets(record, call.TrailsAtStart));
    }

    /// <summary>Writes what a service did by itself, such as KMS's <c>DeleteKey</c>.</summary>
    /// <param name="scope">Where.</param>
    /// <param name="source">The service.</param>
    /// <param name="name">The event.</param>
    /// <param name="resource">What it happened to.</param>
    /// <param name="type">Its type, where AWS writes another.</param>
    /// <returns>A task that completes when the record is on disk.</returns>
    public Task RecordServiceEvent(RegionScope scope, string source, string name, RecordedResource resource, string type = TrailEvent.ServiceEvent)
    {
        using var buffer = WireBuffer.Rent();
        var (eventId, now) = (Guid.NewGuid(), time.GetUtcNow());
        RecordWriter.Write(buffer.Json, new RecordedCall
        {
            Identity = new() { AccountId = scope.Account, InvokedBy = AwsInternal },
            Time = now,
            Source = source,
            Name = name,
            Region = scope.Region,
            SourceIp = AwsInternal,
            UserAgent = AwsInternal,
            EventId = eventId,
            ReadOnly = false,
            Resources = [resource],
            EventType = type,
            Account = scope.Account,
        });
        buffer.Json.Flush();
        var record = new TrailEvent
        {
            EventId = eventId,
            Type = type,
            Account = scope.Account,
            Region = scope.Region,
            Time = now,
            Source = source,
            Name = name,
            ReadOnly = false,
            Resources = [resource],
            Json = buffer.Written.ToArray(),
        };
        return history.Append(record, Targets(record, trails.Snapshot));
    }

    /// <summary>The trails that take the record: as they were when the call came, since StopLogging is still on the trail that it stops, and as they are now.</summary>
    private LiveTrail[] Targets(TrailEvent record, IReadOnlyList<LiveTrail> atStart)
    {
        var now = trails.Snapshot;
        var before = atStart.Where(trail => trail.Takes(record));
        if (ReferenceEquals(now, atStart))
            return [.. before];
        return [.. before.Concat(now.Where(trail => trail.Takes(record))).DistinctBy(trail => trail.Arn)];
    }

    // CloudTrail shortens the name that the services give this one error.
    private static string ErrorCode(AwsException error, AwsService service) =>
        error.Code == service.AccessDeniedError ? AccessDenied : error.Code;

    private static Action<Utf8JsonWriter>? Project(Shape shape, object value) => value is IRecordedParameters own ? own.WriteParameters :
        TrailProjection.HasContent(shape, value) ? json => TrailProjection.Write(json, shape, value) : null;
}
