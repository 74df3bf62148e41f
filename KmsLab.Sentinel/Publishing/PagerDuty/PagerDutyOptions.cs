using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing.PagerDuty;

/// <summary>The section <c>Sentinel:Notifications:PagerDuty:{name}</c>.</summary>
internal sealed class PagerDutyOptions
{
    public const string Section = $"{NotificationOptions.Section}:PagerDuty";

    private const int KeyLength = 32;

    /// <summary>The integration key of an Events API v2 integration: a secret.</summary>
    public string RoutingKey { get; set; } = "";

    /// <summary>A file with the integration key, in place of <see cref="RoutingKey"/>.</summary>
    public string? RoutingKeyFile { get; set; }

    /// <summary>The address of the Events API; accounts in the EU have https://events.eu.pagerduty.com/v2/enqueue.</summary>
    public string Url { get; set; } = "https://events.pagerduty.com/v2/enqueue";

    /// <summary>Less severe alarms are not sent there.</summary>
    public Severity MinimumSeverity { get; set; } = Severity.Low;

    public string ReadRoutingKey() => SecretText.Of(RoutingKey, RoutingKeyFile);

    public IEnumerable<string> Validate(string name)
    {
        var at = $"{Section}:{name}";
        foreach (var error in ChannelNames.Check(at, name).Concat(SecretText.Check($"{at}:RoutingKey", RoutingKey, RoutingKeyFile)).Concat(Addresses.Check($"{at}:Url", Url)))
            yield return error;
        if (ReadRoutingKey() is var key && (key.Length != KeyLength || !key.All(char.IsAsciiLetterOrDigit)))
            yield return $"{at}:RoutingKey must be the {KeyLength} letters and digits of an Events API v2 integration";
        if (!Enum.IsDefined(MinimumSeverity))
            yield return $"{at}:MinimumSeverity must be Low, Medium, High or Critical";
    }
}
