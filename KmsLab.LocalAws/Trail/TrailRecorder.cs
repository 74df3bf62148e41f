using System.Runtime.InteropServices;
using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>Writes the CloudTrail record of each management call into the account's history; the call's answer waits for that commit.</summary>
internal sealed class TrailRecorder(TrailHistory history, Trails trails, TrailDelivery delivery, TimeProvider time)
{
    private const string AccessDenied = "AccessDenied";
    private const string AwsInternal = "AWS Internal";

    /// <summary>After the operation: writes its record.</summary>
    public void Record(AwsCall call, object request, object? response, AwsException? error)
    {
        var onTrail = call.Operation.OnTrail;
        if (!onTrail.Recorded)
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
            CallerArn = call.Caller.Arn,
            Username = call.Caller.Name,
            AccessKeyId = call.Caller.AccessKeyId,
            Resources = call.Resources,
            Json = buffer.Written.ToArray(),
        };
        call.AnswerAfter(history.Append(record, Targets(record, call.TrailsAtStart)));
    }

    /// <summary>Writes what a service did by itself, such as KMS's <c>DeleteKey</c>.</summary>
    /// <returns>A task that completes when the record is on disk.</returns>
    public Task RecordServiceEvent(RegionScope scope, string source, string name, RecordedResource resource)
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
            EventType = TrailEvent.ServiceEvent,
            Account = scope.Account,
        });
        buffer.Json.Flush();
        var record = new TrailEvent
        {
            EventId = eventId,
            Type = TrailEvent.ServiceEvent,
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
