using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>Writes the CloudTrail record of each management call into the account's history; the call's answer waits for that commit.</summary>
internal sealed class TrailRecorder(TrailHistory history)
{
    /// <summary>After the operation: writes its record.</summary>
    public void Record(AwsCall call, object request, object? response, AwsException? error)
    {
        var onTrail = call.Operation.OnTrail;
        if (!onTrail.Recorded)
            return;

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
            ErrorCode = error is null ? null : ErrorCode(error, call.Service),
            ErrorMessage = error?.Message,
            RequestParameters = onTrail.RequestParameters ? Project(call.Operation.RequestShape, request) : null,
            ResponseElements = onTrail.ResponseElements && response is not null ? Project(call.Operation.ResponseShape, response) : null,
            AdditionalEventData = call.AdditionalEventData,
            RequestId = call.RequestId,
            EventId = eventId,
            ReadOnly = onTrail.ReadOnly,
            Resources = [.. call.Resources.Select(resource => new RecordedResource(resource.Arn, resource.Type))],
            EventType = "AwsApiCall",
            Account = call.Account,
            Tls = call.Tls,
            Host = call.Host,
        });
        buffer.Json.Flush();
        call.AnswerAfter(history.Append(new TrailEvent(eventId, call, onTrail.ReadOnly, buffer.Written.ToArray())));
    }

    // CloudTrail shortens the name that the services give this one error.
    private static string ErrorCode(AwsException error, AwsService service) =>
        error.Code == service.AccessDeniedError ? "AccessDenied" : error.Code;

    private static Action<Utf8JsonWriter>? Project(Shape shape, object value) =>
        TrailProjection.HasContent(shape, value) ? json => TrailProjection.Write(json, shape, value) : null;
}
