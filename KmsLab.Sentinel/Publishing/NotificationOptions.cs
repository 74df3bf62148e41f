using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Email;
using KmsLab.Sentinel.Publishing.Heartbeats;
using KmsLab.Sentinel.Publishing.PagerDuty;
using KmsLab.Sentinel.Publishing.Routing;
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

    /// <summary>The address of Sentinel's page, as people reach it, such as <c>https://sentinel.example.com</c>: messages link to their alarms there.</summary>
    public string PageUrl { get; set; } = "";

    /// <summary>
    /// The language of messages to people: <c>en</c> or <c>es</c>. Runbooks, details of records and JSON for programs are English in any
    /// case.
    /// </summary>
    public string Language { get; set; } = Languages.Language.English;

    public SnsOptions Sns { get; set; } = new();

    /// <summary>Webhooks by name.</summary>
    public Dictionary<string, WebhookOptions> Webhooks { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>PagerDuty's services by name.</summary>
    public Dictionary<string, PagerDutyOptions> PagerDuty { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Mail servers and whom to write to, by name.</summary>
    public Dictionary<string, EmailOptions> Email { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Channels for some alarms, by the route's name: each route that matches tells its channels. Without routes every channel is told of all.</summary>
    public Dictionary<string, NotificationRoute> Routes { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Channels for an alarm that no route matches, with <c>*</c> and <c>?</c>. Empty: every channel.</summary>
    public string[] DefaultChannels { get; set; } = [];

    /// <summary>Calls to an address outside the account while Sentinel works.</summary>
    public HeartbeatOptions Heartbeat { get; set; } = new();

    /// <summary>The names of the channels that this configures, the log's left out.</summary>
    internal IReadOnlyList<string> ChannelNames() =>
    [
        .. Sns.TopicArn.Length > 0 ? (string[])["sns"] : [],
        .. Webhooks.Keys.Select(name => $"webhook:{name}"),
        .. PagerDuty.Keys.Select(name => $"pagerduty:{name}"),
        .. Email.Keys.Select(name => $"email:{name}"),
    ];

    /// <summary>Names everything that is wrong.</summary>
    /// <param name="detections">The ids that there are.</param>
    /// <param name="sets">The names of protected sets.</param>
    public IEnumerable<string> Validate(IReadOnlyCollection<string> detections, IReadOnlyCollection<string> sets)
    {
        if (PageUrl.Length > 0 && (!Uri.TryCreate(PageUrl, UriKind.Absolute, out var page) || page.Scheme is not ("http" or "https") || page.Query.Length > 0))
            yield return $"{Section}:PageUrl must be an address such as https://sentinel.example.com";
        foreach (var (span, option) in new[] { (GiveUpAfter, nameof(GiveUpAfter)), (LongestPause, nameof(LongestPause)), (SendTimeout, nameof(SendTimeout)), (WebhookTimeout, nameof(WebhookTimeout)) })
        {
            if (span <= TimeSpan.Zero)
                yield return $"{Section}:{option} must be more than zero, for instance 00:00:30";
        }

        if (!Languages.Language.All.Contains(Language))
            yield return $"{Section}:Language must be one of {string.Join(", ", Languages.Language.All)}";
        if (!Enum.IsDefined(LogMinimumSeverity))
            yield return $"{Section}:LogMinimumSeverity must be Low, Medium, High or Critical";
        foreach (var error in Sns.Validate()
            .Concat(Webhooks.SelectMany(webhook => webhook.Value.Validate(webhook.Key)))
            .Concat(PagerDuty.SelectMany(one => one.Value.Validate(one.Key)))
            .Concat(Email.SelectMany(one => one.Value.Validate(one.Key)))
            .Concat(Routes.SelectMany(route => route.Value.Validate(route.Key, ChannelNames(), detections, sets)))
            .Concat(NotificationRoute.CheckChannels($"{Section}:DefaultChannels", DefaultChannels, ChannelNames()))
            .Concat(Heartbeat.Validate()))
            yield return error;
    }
}
