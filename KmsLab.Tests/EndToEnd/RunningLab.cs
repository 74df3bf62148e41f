using System.Text.Json;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.EndToEnd;

/// <summary>A lab that runs, however it was started, and what people do with it over HTTP.</summary>
internal abstract class RunningLab : IAsyncDisposable
{
    public const string WrongKeyMessage = "Data decryption failed, make sure you have the correct key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    protected HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    public abstract Uri LocalAws { get; }

    public abstract Uri CryptoApi { get; }

    public abstract Uri Sentinel { get; }

    /// <summary>Stores a text, as the lab's walk does.</summary>
    /// <returns>The Key.</returns>
    public async Task<string> EncryptAsync(string name, string text)
    {
        using var answer = await PostAsync("/encrypt", new { Name = name, Text = text });
        answer.EnsureSuccessStatusCode();
        return (await JsonAsync(answer))["Key"]!.GetValue<string>();
    }

    public Task<HttpResponseMessage> DecryptAsync(string name, string key) => PostAsync("/decrypt", new { Name = name, Key = key });

    /// <summary>The lab's own request: GET with a body.</summary>
    public async Task<HttpResponseMessage> DecryptByGetAsync(string name, string key)
    {
        using var body = Json(new { Name = name, Key = key });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(CryptoApi, "/decrypt")) { Content = body };
        request.Content.Headers.ContentType = new("application/json");
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        Http.PostAsync(new Uri(CryptoApi, path), Json(body), TestContext.Current.CancellationToken);

    /// <summary>What Sentinel answers at <paramref name="path"/>.</summary>
    public async Task<JsonNode> SentinelAsync(string path) =>
        (await Http.GetFromJsonAsync<JsonNode>(new Uri(Sentinel, path), TestContext.Current.CancellationToken))!;

    /// <summary>Asks Sentinel until the answer satisfies <paramref name="until"/>, or fails with the last answer.</summary>
    public async Task<JsonNode> SentinelAsync(string path, Func<JsonNode, bool> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await SentinelAsync(path);
            if (until(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"{path} still answers {answer.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;

    // The lab's names begin with a capital; JsonContent's own default would make them small.
    private static JsonContent Json(object body) => JsonContent.Create(body, options: JsonSerializerOptions.Default);

    /// <summary>Stops it.</summary>
    public virtual ValueTask DisposeAsync()
    {
        Http.Dispose();
        return ValueTask.CompletedTask;
    }
}
