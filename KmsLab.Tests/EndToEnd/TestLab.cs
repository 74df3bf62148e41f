using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.AppHost;

namespace KmsLab.Tests.EndToEnd;

/// <summary>The embedded lab as AppHost starts it, on free ports and in a folder of its own.</summary>
internal sealed class TestLab(EmbeddedLab lab) : IAsyncDisposable
{
    public const string WrongKeyMessage = "Data decryption failed, make sure you have the correct key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new();

    public EmbeddedLab Lab => lab;

    public static Dictionary<string, string?> Settings(string dataDirectory) => new()
    {
        ["Lab:DataDirectory"] = dataDirectory,
        ["LocalAws:Url"] = "http://127.0.0.1:0",
        ["CryptoApi:Url"] = "http://127.0.0.1:0",
        ["Sentinel:Url"] = "http://127.0.0.1:0",
        ["Sentinel:HeadInterval"] = "00:00:00.200",
        ["Logging:LogLevel:Default"] = "Warning",
    };

    public static async Task<TestLab> StartAsync(string dataDirectory, params (string Key, string Value)[] settings)
    {
        var all = Settings(dataDirectory);
        foreach (var (key, value) in settings)
            all[key] = value;
        return new TestLab(await EmbeddedLab.StartAsync(all, TestContext.Current.CancellationToken));
    }

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
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(lab.CryptoApi, "/decrypt")) { Content = Json(new { Name = name, Key = key }) };
        request.Content.Headers.ContentType = new("application/json");
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        _http.PostAsync(new Uri(lab.CryptoApi, path), Json(body), TestContext.Current.CancellationToken);

    /// <summary>What Sentinel answers at <paramref name="path"/>.</summary>
    public async Task<JsonNode> SentinelAsync(string path) =>
        (await _http.GetFromJsonAsync<JsonNode>(new Uri(lab.Sentinel, path), TestContext.Current.CancellationToken))!;

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

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return lab.DisposeAsync();
    }
}
