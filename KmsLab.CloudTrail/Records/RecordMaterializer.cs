using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>Makes a record from the places of its fields.</summary>
internal static class RecordMaterializer
{
    public static RecordReading Make(RecordSlices slices, ReadOnlyMemory<byte>? kept)
    {
        // Insights events tell of calls, under the service's name, and are none: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
        if (slices.Text(Field.EventType) == "AwsCloudTrailInsight")
            return RecordReading.NotOfInterest;
        if (slices.Text(Field.EventVersion) is { } version && version != "1" && !version.StartsWith("1.", StringComparison.Ordinal))
            return RecordReading.Malformed("Its eventVersion is not 1.x.");
        if (slices.Instant(Field.EventTime) is not { } time)
            return RecordReading.Malformed("It has no eventTime that is an ISO 8601 instant.");
        // Times are added to and subtracted from all over; one at the edge of the calendar would break that for all other records.
        if (time.Year is < 2000 or > 2200)
            return RecordReading.Malformed("Its eventTime is not of this age.");
        if (slices.Text(Field.EventSource) is not { } source)
            return RecordReading.Malformed("It has no eventSource.");
        if (slices.Text(Field.EventName) is not { } name)
            return RecordReading.Malformed("It has no eventName.");

        var eventId = slices.UniqueText(Field.EventId);
        var id = eventId is null ? RecordId.Hash(slices.Record) : RecordId.From(eventId);
        return new(Make(slices, kept, id, eventId ?? id.ToString(), time, source, name), null);
    }

    private static CloudTrailRecord Make(
        RecordSlices slices, ReadOnlyMemory<byte>? kept, RecordId id, string eventId, DateTimeOffset time, string source, string name) => new()
        {
            Id = id,
            EventId = eventId,
            EventTime = time,
            EventSource = source,
            EventName = name,
            Identity = Identity(slices),
            EventVersion = slices.Text(Field.EventVersion),
            EventType = slices.Text(Field.EventType),
            Region = slices.Text(Field.Region),
            SourceIpAddress = slices.Text(Field.SourceIpAddress),
            UserAgent = slices.Text(Field.UserAgent),
            ErrorCode = slices.Text(Field.ErrorCode),
            ErrorMessage = slices.Text(Field.ErrorMessage),
            RequestId = slices.UniqueText(Field.RequestId),
            RecipientAccountId = slices.Text(Field.RecipientAccountId),
            SharedEventId = slices.Text(Field.SharedEventId),
            VpcEndpointId = slices.Text(Field.VpcEndpointId),
            ReadOnly = slices.Boolean(Field.ReadOnly),
            KeyArns = KeyReferences.Read(slices),
            Context = Context(slices.Json(Field.EncryptionContext)) ?? Context(slices.Json(Field.SourceEncryptionContext)),
            DestinationContext = Context(slices.Json(Field.DestinationEncryptionContext)),
            Addendum = Addendum(slices.Text(Field.AddendumReason), slices.Text(Field.OriginalEventId)),
            Json = kept ?? slices.Record.ToArray(),
        };

    private static UserIdentity Identity(RecordSlices slices) => new(
        slices.Text(Field.IdentityType),
        slices.Text(Field.PrincipalId),
        slices.Text(Field.Arn),
        slices.Text(Field.AccountId),
        slices.Text(Field.AccessKeyId),
        slices.Text(Field.UserName),
        slices.Text(Field.InvokedBy),
        slices.Text(Field.SessionIssuerArn));

    private static RecordAddendum? Addendum(string? reason, string? originalEventId) =>
        reason is null && originalEventId is null ? null : new(reason, originalEventId);

    private static EncryptionContext? Context(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        var (pairs, count) = (new KeyValuePair<string, string>[1], 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = KnownTexts.Of(in reader)!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                if (count == pairs.Length)
                    Array.Resize(ref pairs, count * 2);
                pairs[count++] = new(name, KnownTexts.Of(in reader)!);
            }

            reader.Skip();
        }

        return new(count == pairs.Length ? pairs : pairs[..count]);
    }
}
