using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>How the body of a webhook looks.</summary>
internal enum WebhookFormat
{
    /// <summary>The notification as JSON, as the API shows alarms.</summary>
    Json,

    /// <summary>The form of Slack's incoming webhooks: blocks, a coloured bar and a button.</summary>
    Slack,

    /// <summary>The form of a Microsoft Teams workflow: an Adaptive Card.</summary>
    Teams,
}

/// <summary>The section <c>Sentinel:Notifications:Webhooks:{name}</c>.</summary>
internal sealed class WebhookOptions
{
    public const string Section = $"{NotificationOptions.Section}:Webhooks";

    private const int ShortestSecret = 16;

    /// <summary>Where to post. A path or a query may hold a secret of the receiver's: neither is ever shown.</summary>
    public string Url { get; set; } = "";

    /// <summary>A file with the address, in place of <see cref="Url"/>.</summary>
    public string? UrlFile { get; set; }

    /// <summary>What the receiver checks the signature with; see docs/operations.md. Slack and Teams check none.</summary>
    public string Secret { get; set; } = "";

    /// <summary>A file with the secret, in place of <see cref="Secret"/>.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The form of messages: Sentinel's own JSON, or as Slack or Microsoft Teams take them.</summary>
    public WebhookFormat Format { get; set; } = WebhookFormat.Json;

    /// <summary>Less severe alarms are not sent there.</summary>
    public Severity MinimumSeverity { get; set; } = Severity.Low;

    /// <summary>Allows http to another machine, where somebody on the way can read and repeat it.</summary>
    public bool AllowHttp { get; set; }

    public string ReadUrl() => SecretText.Of(Url, UrlFile);

    public string ReadSecret() => SecretText.Of(Secret, SecretFile);

    public IEnumerable<string> Validate(string name)
    {
        var at = $"{Section}:{name}";
        foreach (var error in ChannelNames.Check(at, name).Concat(SecretText.Check($"{at}:Url", Url, UrlFile)).Concat(SecretText.Check($"{at}:Secret", Secret, SecretFile)))
            yield return error;
        foreach (var error in Addresses.Check($"{at}:Url", ReadUrl(), AllowHttp, $", or set {at}:AllowHttp=true if nobody can listen on the way"))
            yield return error;

        var secret = ReadSecret();
        if (WebhookSignature.KeyOf(secret) is not { } key)
            yield return $"{at}:Secret begins with whsec_, and what follows is no base64";
        else if (key.Length is > 0 and < ShortestSecret || (key.Length == 0 && Format == WebhookFormat.Json))
            yield return $"{at}:Secret must have at least {ShortestSecret} characters: make one with 'openssl rand -hex 32' and give the receiver the same";
        if (!Enum.IsDefined(Format))
            yield return $"{at}:Format must be Json, Slack or Teams";
        if (!Enum.IsDefined(MinimumSeverity))
            yield return $"{at}:MinimumSeverity must be Low, Medium, High or Critical";
    }
}
