using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>How the body of a webhook looks.</summary>
internal enum WebhookFormat
{
    /// <summary>The notification as JSON, as the API shows alarms.</summary>
    Json,

    /// <summary>What a Slack incoming webhook, and all that imitate it, take: <c>{"text": "..."}</c>.</summary>
    Slack,
}

/// <summary>The section <c>Sentinel:Notifications:Webhooks:{name}</c>.</summary>
internal sealed class WebhookOptions
{
    public const string Section = $"{NotificationOptions.Section}:Webhooks";

    private const int ShortestSecret = 16;

    /// <summary>Where to post. A path or a query may hold a secret of the receiver's: neither is ever shown.</summary>
    public string Url { get; set; } = "";

    /// <summary>What the receiver checks the signature with; see docs/operations.md. Slack checks none.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The form of messages: Sentinel's own JSON, or as Slack takes them.</summary>
    public WebhookFormat Format { get; set; } = WebhookFormat.Json;

    /// <summary>Less severe alarms are not sent there.</summary>
    public Severity MinimumSeverity { get; set; } = Severity.Low;

    /// <summary>Allows http to another machine, where somebody on the way can read and repeat it.</summary>
    public bool AllowHttp { get; set; }

    public IEnumerable<string> Validate(string name)
    {
        var at = $"{Section}:{name}";
        if (name.Length > 40 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            yield return $"{at}: its name may have 40 letters, digits, '-', '_' and '.'";
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return $"{at}:Url must be an address such as https://hooks.example.com/alarms";
        else if (url.UserInfo.Length > 0)
            yield return $"{at}:Url has a user name or password in it, which HTTP would not send: take them out";
        else if (url.Scheme == "http" && !url.IsLoopback && !AllowHttp)
            yield return $"{at}:Url is http: use https, or set {at}:AllowHttp=true if nobody can listen on the way";

        if (Secret.Length is > 0 and < ShortestSecret || (Secret.Length == 0 && Format != WebhookFormat.Slack))
            yield return $"{at}:Secret must have at least {ShortestSecret} characters: make one with 'openssl rand -hex 32' and give the receiver the same";
        if (!Enum.IsDefined(Format))
            yield return $"{at}:Format must be Json or Slack";
        if (!Enum.IsDefined(MinimumSeverity))
            yield return $"{at}:MinimumSeverity must be Low, Medium, High or Critical";
    }
}
