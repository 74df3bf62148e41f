namespace KmsLab.CloudTrail.Records;

/// <summary>The values that a reader notes the place of while it passes over a record.</summary>
internal enum Field
{
    EventVersion,
    EventId,
    EventTime,
    EventSource,
    EventName,
    EventType,
    Region,
    SourceIpAddress,
    UserAgent,
    ErrorCode,
    ErrorMessage,
    RequestId,
    RecipientAccountId,
    SharedEventId,
    VpcEndpointId,
    ReadOnly,
    IdentityType,
    PrincipalId,
    Arn,
    AccountId,
    AccessKeyId,
    UserName,
    InvokedBy,
    SessionIssuerArn,
    Resources,
    KeyId,
    EncryptionContext,
    SourceKeyId,
    SourceEncryptionContext,
    DestinationKeyId,
    DestinationEncryptionContext,
    AddendumReason,
    OriginalEventId,
    Count,
}

/// <summary>A property that matters, and where it leads: to a field, or to the properties of an object.</summary>
internal sealed record Property(byte[] Name, Field? Field, Property[] Properties);

/// <summary>Where the fields stand in a record.</summary>
internal static class RecordFields
{
    public static Property[] Record { get; } =
    [
        At("eventVersion"u8, Field.EventVersion),
        Inside("userIdentity"u8,
            At("type"u8, Field.IdentityType),
            At("principalId"u8, Field.PrincipalId),
            At("arn"u8, Field.Arn),
            At("accountId"u8, Field.AccountId),
            At("accessKeyId"u8, Field.AccessKeyId),
            At("userName"u8, Field.UserName),
            At("invokedBy"u8, Field.InvokedBy),
            Inside("sessionContext"u8, Inside("sessionIssuer"u8, At("arn"u8, Field.SessionIssuerArn)))),
        At("eventTime"u8, Field.EventTime),
        At("eventSource"u8, Field.EventSource),
        At("eventName"u8, Field.EventName),
        At("awsRegion"u8, Field.Region),
        At("sourceIPAddress"u8, Field.SourceIpAddress),
        At("userAgent"u8, Field.UserAgent),
        At("errorCode"u8, Field.ErrorCode),
        At("errorMessage"u8, Field.ErrorMessage),
        Inside("requestParameters"u8,
            At("keyId"u8, Field.KeyId),
            At("encryptionContext"u8, Field.EncryptionContext),
            At("sourceKeyId"u8, Field.SourceKeyId),
            At("sourceEncryptionContext"u8, Field.SourceEncryptionContext),
            At("destinationKeyId"u8, Field.DestinationKeyId),
            At("destinationEncryptionContext"u8, Field.DestinationEncryptionContext)),
        At("requestID"u8, Field.RequestId),
        At("eventID"u8, Field.EventId),
        At("readOnly"u8, Field.ReadOnly),
        At("resources"u8, Field.Resources),
        At("eventType"u8, Field.EventType),
        At("recipientAccountId"u8, Field.RecipientAccountId),
        At("sharedEventID"u8, Field.SharedEventId),
        At("vpcEndpointId"u8, Field.VpcEndpointId),
        Inside("addendum"u8,
            At("reason"u8, Field.AddendumReason),
            At("originalEventID"u8, Field.OriginalEventId)),
    ];

    private static Property At(ReadOnlySpan<byte> name, Field field) => new(name.ToArray(), field, []);

    private static Property Inside(ReadOnlySpan<byte> name, params Property[] properties) => new(name.ToArray(), null, properties);
}
