using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.EndToEnd;

/// <summary>A Sentinel as a process of its own, and its HTTP API.</summary>
internal sealed partial class SentinelProcessHandle : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    private SentinelProcessHandle(LabProcess process, Uri address) => (Process, _http) = (process, new HttpClient { BaseAddress = address });

    public LabProcess Process { get; }

    /// <summary>The ids of all notifications that it sent, as often as it did.</summary>
    public IReadOnlyList<string> Sent => [.. NotificationId().Matches(Process.Output).Select(match => match.Groups[1].Value)];

    /// <summary>Starts one and waits until it is healthy.</summary>
    /// <param name="settings">Its options.</param>
    public static async Task<SentinelProcessHandle> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        var process = LabProcess.Start([$"--Sentinel:Url={address}", "--Sentinel:Api:OpenOnLoopback=true", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], program: "KmsLab.Sentinel");
        await process.WaitForAsync(address);
        return new(process, address);
    }

    public async Task<JsonNode> JsonAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;

    /// <summary>Asks until the answer satisfies <paramref name="until"/>, or fails with the last answer.</summary>
    public async Task<JsonNode> JsonAsync(string path, Func<JsonNode, bool> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await JsonAsync(path);
            if (until(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"{path} still answers {answer.ToJsonString()}. It printed {Process.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until it says that it is <c>leader</c> or <c>standby</c>.</summary>
    /// <returns>What it says of who leads.</returns>
    public async Task<JsonNode> WaitForRoleAsync(string role) =>
        (await JsonAsync("/api/status", status => status["leadership"]!["role"]!.GetValue<string>() == role))["leadership"]!;

    public void Dispose()
    {
        _http.Dispose();
        Process.Dispose();
    }

    [GeneratedRegex(@"\[([0-9a-z]+-[0-9]+)\]")]
    private static partial Regex NotificationId();
}
