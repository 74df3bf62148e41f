using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Reads whether a trail is logging, and how its deliveries went.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html</remarks>
public partial class GetTrailStatusRequest : AmazonCloudTrailRequest
{
    /// <summary>A name or an ARN; only the ARN from another Region.</summary>
    public string Name { get; set; }
}

/// <summary>Whether the trail is logging, and how its deliveries went.</summary>
public partial class GetTrailStatusResponse : AmazonWebServiceResponse
{
    public bool? IsLogging { get; set; }

    public string LatestCloudWatchLogsDeliveryError { get; set; }

    public DateTime? LatestCloudWatchLogsDeliveryTime { get; set; }

    public string LatestDeliveryAttemptSucceeded { get; set; }

    public string LatestDeliveryAttemptTime { get; set; }

    public string LatestDeliveryError { get; set; }

    public DateTime? LatestDeliveryTime { get; set; }

    public string LatestDigestDeliveryError { get; set; }

    public DateTime? LatestDigestDeliveryTime { get; set; }

    public string LatestNotificationAttemptSucceeded { get; set; }

    public string LatestNotificationAttemptTime { get; set; }

    public string LatestNotificationError { get; set; }

    public DateTime? LatestNotificationTime { get; set; }

    public DateTime? StartLoggingTime { get; set; }

    public DateTime? StopLoggingTime { get; set; }

    public string TimeLoggingStarted { get; set; }

    public string TimeLoggingStopped { get; set; }
}
