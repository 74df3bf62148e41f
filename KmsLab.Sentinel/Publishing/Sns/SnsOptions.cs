using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing.Sns;

/// <summary>How a message to a topic looks.</summary>
internal enum SnsFormat
{
    /// <summary>JSON for queues, functions and endpoints; text for email and text messages.</summary>
    Json,

    /// <summary>Text for everybody.</summary>
    Text,
}

/// <summary>The section <c>Sentinel:Notifications:Sns</c>.</summary>
internal sealed class SnsOptions
{
    public const string Section = $"{NotificationOptions.Section}:Sns";

    /// <summary>The topic, in the Region of the AWS clients; without one nothing is sent to SNS.</summary>
    public string TopicArn { get; set; } = "";

    /// <summary>The form of messages: for programs or for people.</summary>
    public SnsFormat Format { get; set; } = SnsFormat.Json;

    /// <summary>Less severe alarms are not sent there.</summary>
    public Severity MinimumSeverity { get; set; } = Severity.Low;

    public IEnumerable<string> Validate()
    {
        if (TopicArn.Length > 0 && !(TopicArn.Split(':') is ["arn", _, "sns", { Length: > 0 }, { Length: 12 }, { Length: > 0 }]))
            yield return $"{Section}:TopicArn must be a topic's ARN such as arn:aws:sns:eu-west-1:123456789012:alarms";
        if (!Enum.IsDefined(Format))
            yield return $"{Section}:Format must be Json or Text";
        if (!Enum.IsDefined(MinimumSeverity))
            yield return $"{Section}:MinimumSeverity must be Low, Medium, High or Critical";
    }
}
