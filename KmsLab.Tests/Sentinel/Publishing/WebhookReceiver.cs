using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>What a receiver does with a post.</summary>
public enum Reaction
{
    Answer,
    Hang,
    Reset,
}

/// <summary>A receiver of webhooks on real Kestrel: it checks signatures as the documentation says, answers, hangs or resets.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-receiver";

    private readonly Channel<WebhookPost> _posts = Channel.CreateUnbounded<WebhookPost>();
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>An address whose path and query hold secrets of the receiver's.</summary>
    public string Url => new Uri(Address, "/services/T0/path-hunter2?token=query-hunter2").ToString();

    /// <summary>What it does from now on.</summary>
    public Func<WebhookPost, (Reaction Reaction, int Status)> React { get; set; } = _ => (Reaction.Answer, 200);

    public Dictionary<string, string> AnswerHeaders { get; } = [];

    public static async Task<WebhookReceiver> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits for the next post.</summary>
    public async Task<WebhookPost> NextAsync() => await _posts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool IsEmpty => !_posts.Reader.TryPeek(out _);

    /// <summary>Verifies a signature the way docs/operations.md tells receivers to.</summary>
    public static bool Verify(string secret, WebhookPost post, DateTimeOffset now)
    {
        var (id, timestamp) = (post.Headers["webhook-id"], post.Headers["webhook-timestamp"]);
        var signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{post.Body}"));
        var age = now - DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture));
        return age.Duration() < TimeSpan.FromMinutes(5) && post.Headers["webhook-signature"].Split(' ')
            .Any(signature => signature.StartsWith("v1,", StringComparison.Ordinal) && CryptographicOperations.FixedTimeEquals(signed, Convert.FromBase64String(signature[3..])));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var post = new WebhookPost(http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        await _posts.Writer.WriteAsync(post);
        var (reaction, status) = React(post);
        if (reaction == Reaction.Reset)
        {
            http.Abort();
            return;
        }

        if (reaction == Reaction.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (name, value) in AnswerHeaders)
            http.Response.Headers[name] = value;
        http.Response.StatusCode = status;
    }
}

/// <summary>What was posted.</summary>
internal sealed record WebhookPost(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["Idempotency-Key"];
}
