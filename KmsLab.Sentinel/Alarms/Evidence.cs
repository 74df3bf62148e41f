using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Rates;

namespace KmsLab.Sentinel.Alarms;

/// <summary>One record that an alarm rests on, in summary; the whole of it is found in the trail by its id.</summary>
internal sealed record Evidence(
    string EventId, DateTimeOffset EventTime, string EventName, string Principal, string? KeyArn, string? ErrorCode, string? SourceIp)
{
    /// <summary>How many summaries are kept; their total number says the rest.</summary>
    public const int Limit = 50;

    public static Evidence Of(CloudTrailRecord record) => new(
        record.EventId,
        record.EventTime,
        record.EventName,
        StablePrincipal.Of(record.Identity),
        record.KeyArns.Count > 0 ? record.KeyArns[0] : null,
        record.ErrorCode,
        record.SourceIpAddress);
}
