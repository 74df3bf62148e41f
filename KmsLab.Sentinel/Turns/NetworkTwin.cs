using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// A call through a VPC endpoint may bring a NetworkActivity record beside its management record: the same requestID, another eventID, neither
/// resources nor User-Agent (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-events.html#cloudtrail-network-activity-events).
/// </summary>
/// <remarks>
/// Counted, it would be a second call, and one without a proof. Only what the endpoint's own policy refused has no other record, and counts.
/// Its sharedEventID is not kept as seen: the management record must count, whichever comes first.
/// </remarks>
internal static class NetworkTwin
{
    private const string RefusedByEndpoint = "VpceAccessDenied";

    public static bool Is(CloudTrailRecord record) => record is { EventType: "AwsVpceEvent", ErrorCode: not RefusedByEndpoint };
}
