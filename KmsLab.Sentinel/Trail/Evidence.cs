using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>One record that an alarm rests on, in summary; the whole of it is found in the trail by its id.</summary>
/// <param name="EventId">The record's eventID; of a finding, an id of ours.</param>
/// <param name="EventTime">When the call was made.</param>
/// <param name="EventName">The operation; of a finding, the check that saw it.</param>
/// <param name="Principal">The stable principal.</param>
/// <param name="KeyArn">The first key that was used.</param>
/// <param name="ErrorCode">The error, or null.</param>
/// <param name="SourceIp">Where the call came from.</param>
/// <param name="RequestId">The call's request id: <c>GET /audit?requestId=</c> of CryptoApi tells which of its clients was behind it.</param>
/// <param name="Session">The session's ARN, which says more than the role's.</param>
/// <param name="AccessKeyId">The credentials that signed: what has to be revoked.</param>
/// <param name="InvokedBy">The service that called on somebody's behalf.</param>
/// <param name="Attestation">What the proof said, on a protected key.</param>
/// <param name="Detail">What is remarkable about it.</param>
/// <param name="IsMended">Text in the record was no Unicode and stands here with U+FFFD in its place: somebody may have wanted it unreadable. Else null.</param>
/// <param name="IsCorrected">A later record claims to correct this one; it stays, for whoever forges records could take evidence away. Else null.</param>
public sealed record Evidence(
    string EventId,
    DateTimeOffset EventTime,
    string EventName,
    string Principal,
    string? KeyArn,
    string? ErrorCode,
    string? SourceIp,
    string? RequestId = null,
    string? Session = null,
    string? AccessKeyId = null,
    string? InvokedBy = null,
    AttestationVerdict? Attestation = null,
    string? Detail = null,
    bool? IsMended = null,
    bool? IsCorrected = null)
{
    /// <summary>How many summaries are kept; their total number says the rest.</summary>
    public const int Limit = 50;

    internal static Evidence Of(Observation observation, string? detail = null) => detail is null ? observation.Evidence : observation.Evidence with { Detail = detail };

    /// <summary>The record's own summary.</summary>
    internal static Evidence Of(CloudTrailRecord record, string principal, AttestationVerdict? attestation) => new(
        record.EventId,
        record.EventTime,
        record.EventName,
        principal,
        record.KeyArns.Count > 0 ? record.KeyArns[0] : null,
        record.ErrorCode,
        record.SourceIpAddress,
        record.RequestId,
        record.Identity.Arn,
        record.Identity.AccessKeyId,
        record.Identity.InvokedBy,
        attestation,
        IsMended: record.IsMended ? true : null);

    internal static Evidence Of(Finding finding) => finding.Record ??
        new Evidence(finding.Id.ToString(), finding.At, finding.What, "kmslab-sentinel", finding.KeyArn, null, null, Detail: finding.Detail);
}
