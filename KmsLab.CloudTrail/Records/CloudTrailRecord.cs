namespace KmsLab.CloudTrail.Records;

/// <summary>
/// One CloudTrail record, as far as anybody here looks at it. Every field but the time, the source and the name may be missing:
/// CloudTrail leaves out what does not apply, and service events lack even fields documented as always present
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
/// Empty strings are read as missing.
/// </summary>
public sealed record CloudTrailRecord
{
    /// <summary>What identifies the record: its eventID.</summary>
    public required RecordId Id { get; init; }

    /// <summary>The eventID as CloudTrail writes it.</summary>
    public required string EventId { get; init; }

    /// <summary>When the call was made, UTC; CloudTrail gives whole seconds.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>The service, such as <c>kms.amazonaws.com</c>.</summary>
    public required string EventSource { get; init; }

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    public required string EventName { get; init; }

    /// <summary>Who called.</summary>
    public required UserIdentity Identity { get; init; }

    /// <summary>Such as <c>1.11</c>.</summary>
    public string? EventVersion { get; init; }

    /// <summary>Such as <c>AwsApiCall</c> or <c>AwsServiceEvent</c>.</summary>
    public string? EventType { get; init; }

    /// <summary>The Region of the call.</summary>
    public string? Region { get; init; }

    /// <summary>An address, or the name of the service that called.</summary>
    public string? SourceIpAddress { get; init; }

    /// <summary>The caller's User-Agent, as sent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The error, such as <c>InvalidCiphertextException</c>; null when the call succeeded.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The error's text.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The call's request id, the same that the caller got.</summary>
    public string? RequestId { get; init; }

    /// <summary>The account that received the record.</summary>
    public string? RecipientAccountId { get; init; }

    /// <summary>Equal in the copies that the accounts on either side of a cross-account call get; their eventIDs differ.</summary>
    public string? SharedEventId { get; init; }

    /// <summary>The VPC endpoint that the call came through.</summary>
    public string? VpcEndpointId { get; init; }

    /// <summary>Whether the call changes nothing. KMS's cryptographic operations are logged as read-only.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>True where text of the record was no Unicode, and stands here with U+FFFD in its place.</summary>
    public bool IsMended { get; init; }

    /// <summary>The keys that the call used, as ARNs: one, none, or for ReEncrypt two, the source first.</summary>
    public required IReadOnlyList<string> KeyArns { get; init; }

    /// <summary>The encryption context in ordinal order of its keys; for ReEncrypt the source's. Null when there is none.</summary>
    public EncryptionContext? Context { get; init; }

    /// <summary>The destination's encryption context of a ReEncrypt.</summary>
    public EncryptionContext? DestinationContext { get; init; }

    /// <summary>Why the record is late or amended, when it is.</summary>
    public RecordAddendum? Addendum { get; init; }

    /// <summary>The whole record, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
}

/// <summary>Who called, as far as CloudTrail says; each part is optional.</summary>
/// <param name="Type">Such as <c>AssumedRole</c>; missing in service events.</param>
/// <param name="PrincipalId">Unique id; for a role session <c>role-id:session-name</c>.</param>
/// <param name="Arn">The principal's ARN; of the session, for a role session.</param>
/// <param name="AccountId">The principal's account.</param>
/// <param name="AccessKeyId">The access key that signed.</param>
/// <param name="UserName">The IAM user's name.</param>
/// <param name="InvokedBy">The service that called on somebody's behalf, such as <c>s3.amazonaws.com</c> or <c>AWS Internal</c>.</param>
/// <param name="SessionIssuerArn">The role that a session belongs to.</param>
public sealed record UserIdentity(
    string? Type, string? PrincipalId, string? Arn, string? AccountId, string? AccessKeyId, string? UserName, string? InvokedBy, string? SessionIssuerArn);

/// <summary>
/// CloudTrail's note on a record that comes late (<c>DELIVERY_DELAY</c>, <c>SERVICE_OUTAGE</c>) or replaces another (<c>UPDATED_DATA</c>).
/// </summary>
/// <param name="Reason">Why.</param>
/// <param name="OriginalEventId">The eventID of the record that this one replaces.</param>
public sealed record RecordAddendum(string? Reason, string? OriginalEventId);
