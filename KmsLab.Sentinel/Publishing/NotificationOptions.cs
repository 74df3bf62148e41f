using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Sns;
using KmsLab.Sentinel.Publishing.Webhooks;

namespace KmsLab.Sentinel.Publishing;

/// <summary>The section <c>Sentinel:Notifications</c>: who is told, and how hard it is tried.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "Sentinel:Notifications";

    /// <summary>What is not sent by then is given up, visibly. Shorter than <c>Sentinel:Retention</c>.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest pause between two attempts, whatever the receiver asks for.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>No channel may take longer over one attempt.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A webhook must have answered within this.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The log is told of alarms of this severity and above.</summary>
    public Severity LogMinimumSeverity { get; set; } = Severity.Low;

    public SnsOptions Sns { get; set; } = new();

    /// <summary>Webhooks by name.</summary>
    public Dictionary<string, WebhookOptions> Webhooks { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Validate()
    {
        foreach (var (span, option) in new[] { (GiveUpAfter, nameof(GiveUpAfter)), (LongestPause, nameof(LongestPause)), (SendTimeout, nameof(SendTimeout)), (WebhookTimeout, nameof(WebhookTimeout)) })
        {
            if (span <= TimeSpan.Zero)
                yield return $"{Section}:{option} must be more than zero, for instance 00:00:30";
        }

        if (!Enum.IsDefined(LogMinimumSeverity))
            yield return $"{Section}:LogMinimumSeverity must be Low, Medium, High or Critical";
        foreach (var error in Sns.Validate().Concat(Webhooks.SelectMany(webhook => webhook.Value.Validate(webhook.Key))))
            yield return error;
    }
}
