using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>Writes the CloudTrail record of each management call into the account's history; the call's answer waits for that commit.</summary>
internal sealed class TrailRecorder(TrailHistory history, Trails trails, TrailDelivery delivery)
{
    private const string AccessDenied = "AccessDenied";

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
            Name = call.Operation.Name,
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
            Resources = isBare ? [] : [.. call.Resources.Select(resource => new RecordedResource(resource.Arn, resource.Type))],
            EventType = "AwsApiCall",
            Account = call.Account,
            Tls = call.Tls,
            Host = call.Host,
        });
        buffer.Json.Flush();
        call.AnswerAfter(history.Append(new TrailEvent(eventId, call, onTrail.ReadOnly, buffer.Written.ToArray()), Targets(call, onTrail.ReadOnly)));
    }

    /// <summary>The trails that take the record: as they were when the call came, since StopLogging is still on the trail that it stops, and as they are now.</summary>
    private LiveTrail[] Targets(AwsCall call, bool readOnly)
    {
        var now = trails.Snapshot;
        var before = call.TrailsAtStart.Where(trail => trail.Takes(call, call.Service.EventSource, readOnly));
        if (ReferenceEquals(now, call.TrailsAtStart))
            return [.. before];
        return [.. before.Concat(now.Where(trail => trail.Takes(call, call.Service.EventSource, readOnly))).DistinctBy(trail => trail.Arn)];
    }

    // CloudTrail shortens the name that the services give this one error.
    private static string ErrorCode(AwsException error, AwsService service) =>
        error.Code == service.AccessDeniedError ? AccessDenied : error.Code;

    private static Action<Utf8JsonWriter>? Project(Shape shape, object value) =>
        TrailProjection.HasContent(shape, value) ? json => TrailProjection.Write(json, shape, value) : null;
}
