using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Sns;

/// <summary>Posts messages to http(s) endpoints in the background, with a bounded number of retries; what is not delivered by then is given up, as SNS does without a dead-letter queue.</summary>
internal sealed partial class HttpDelivery(IOptions<SnsOptions> options, TimeProvider time, ILogger<HttpDelivery> logger) : BackgroundService
{
    private const int MaxQueued = 10_000;
    private const int AtOnce = 32;

    private readonly Channel<Post> _queue = Channel.CreateBounded<Post>(MaxQueued);

    /// <summary>Queues a message; a queue that is full refuses it.</summary>
    public void Send(Post post)
    {
        if (!_queue.Writer.TryWrite(post))
            Log.QueueFull(logger, post.Subscription.Arn);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No redirects: they could lead off this machine.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(15) };
        try
        {
            await Parallel.ForEachAsync(
                _queue.Reader.ReadAllAsync(stoppingToken),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                async (post, cancellation) => await DeliverAsync(http, post, cancellation));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is still queued is given up.
        }
    }

    private async Task DeliverAsync(HttpClient http, Post post, CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("localaws sns delivery");
        for (var attempt = 0; attempt <= options.Value.Retries; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(options.Value.RetryDelay, time, cancellationToken);
            if (await TryAsync(http, post, cancellationToken) is var outcome && outcome != Outcome.Retry)
            {
                if (outcome == Outcome.Refused)
                    Log.Refused(logger, post.Subscription.Arn);
                return;
            }
        }

        Log.GaveUp(logger, post.Subscription.Arn, options.Value.Retries + 1);
    }

    private static async Task<Outcome> TryAsync(HttpClient http, Post post, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(post);
            using var response = await http.SendAsync(request, cancellationToken);
            // An endpoint's own refusal is final; its failure or its asking for patience is not.
            return response.IsSuccessStatusCode ? Outcome.Delivered
                : response.StatusCode is HttpStatusCode.TooManyRequests || (int)response.StatusCode is < 400 or >= 500 ? Outcome.Retry
                : Outcome.Refused;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Outcome.Retry;
        }
    }

    private static HttpRequestMessage Request(Post post)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, post.Subscription.Endpoint) { Content = new StringContent(post.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "UTF-8");
        request.Headers.UserAgent.ParseAdd("Amazon-Simple-Notification-Service-Agent");
        request.Headers.Add("x-amz-sns-message-type", post.Type);
        request.Headers.Add("x-amz-sns-message-id", post.MessageId);
        request.Headers.Add("x-amz-sns-topic-arn", post.Subscription.TopicArn);
        if (post.Type == "Notification")
            request.Headers.Add("x-amz-sns-subscription-arn", post.Subscription.Arn);
        if (post.IsRaw)
            request.Headers.Add("x-amz-sns-rawdelivery", "true");
        return request;
    }

    private enum Outcome
    {
        Delivered,
        Refused,
        Retry,
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The endpoint of {Subscription} refused a message; it is not tried again.")]
        public static partial void Refused(ILogger logger, string subscription);

        [LoggerMessage(LogLevel.Warning, "A message to {Subscription} could not be delivered in {Attempts} attempts.")]
        public static partial void GaveUp(ILogger logger, string subscription, int attempts);

        [LoggerMessage(LogLevel.Warning, "A message to {Subscription} was given up: too many are waiting.")]
        public static partial void QueueFull(ILogger logger, string subscription);
    }
}

/// <summary>A message on its way to an endpoint.</summary>
/// <param name="Subscription">Whose.</param>
/// <param name="Type">The header <c>x-amz-sns-message-type</c>.</param>
/// <param name="MessageId">The message's id.</param>
/// <param name="Body">What is posted.</param>
/// <param name="IsRaw">Whether it is the bare message.</param>
internal sealed record Post(SubscriptionRecord Subscription, string Type, string MessageId, string Body, bool IsRaw = false);
