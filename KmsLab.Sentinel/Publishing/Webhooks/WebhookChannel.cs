using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using Polly.Timeout;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>Posts to an address.</summary>
internal sealed class WebhookChannel(string name, WebhookOptions options, IHttpClientFactory clients, TimeProvider time) : INotificationChannel
{
    public const string ClientName = "webhook";

    /// <summary>The notification's id, the same for every attempt: who has seen it may answer 200 and do nothing.</summary>
    public const string IdempotencyHeader = "Idempotency-Key";

    // What Slack takes in one message, in characters; bytes are never fewer.
    private const int LongestSlackText = 30_000;

    private readonly Uri _url = new(options.Url);

    public string Name => $"webhook:{name}";

    public Severity MinimumSeverity => options.MinimumSeverity;

    public async Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        try
        {
            using var request = RequestOf(notification);
            using var answer = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return OutcomeOf(answer);
        }
        catch (TimeoutRejectedException late)
        {
            return SendOutcome.Failed($"{Place} gave no answer within {late.Timeout.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException failed)
        {
            return SendOutcome.Failed($"{Place} can't be reached: {failed.HttpRequestError}.");
        }
    }

    /// <summary>Where it goes, without what may be secret in it.</summary>
    private string Place => _url.GetLeftPart(UriPartial.Authority);

    private HttpRequestMessage RequestOf(Notification notification)
    {
        var body = Encoding.UTF8.GetBytes(options.Format == WebhookFormat.Slack ? Slack(notification) : NotificationText.Json(notification));
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(IdempotencyHeader, notification.Id);
        request.Headers.UserAgent.Add(new("KmsLab-Sentinel", null));
        if (options.Secret.Length > 0)
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(options.Secret, time.GetUtcNow(), body));
        return request;
    }

    private SendOutcome OutcomeOf(HttpResponseMessage answer)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"{Place} answered {(int)answer.StatusCode} ({answer.StatusCode})");
        return (int)answer.StatusCode switch
        {
            >= 200 and < 300 => SendOutcome.Sent,
            (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= 500 => SendOutcome.Failed($"{status}.", RetryAfter(answer)),
            >= 300 and < 400 => SendOutcome.Refused($"{status}; redirects are not followed, so set Url to where it leads."),
            _ => SendOutcome.Refused($"{status}."),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    /// <summary>https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped.</summary>
    private static string Slack(Notification notification)
    {
        var text = NotificationText.Fit(notification, NotificationText.Body, LongestSlackText)
            .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return JsonSerializer.Serialize(new() { ["text"] = text }, MessageJson.Default.SortedDictionaryStringString);
    }
}
