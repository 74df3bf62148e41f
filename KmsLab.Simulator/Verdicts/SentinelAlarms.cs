using System.Text.Json;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.Simulator.Service;
using Microsoft.Extensions.Options;

namespace KmsLab.Simulator.Verdicts;

/// <summary>Asks Sentinel for its alarms.</summary>
internal sealed class SentinelAlarms(IOptions<SimulatorOptions> options) : IDisposable
{
    private readonly HttpClient _http = PollingClient.Create(new Uri(options.Value.Sentinel), TimeSpan.FromSeconds(5));

    /// <summary>The alarms that it knows, over or not.</summary>
    /// <exception cref="SimulatorException">It can't be asked; the message says why.</exception>
    public async Task<IReadOnlyList<SeenAlarm>> ReadAsync(CancellationToken cancellationToken)
    {
        var sentinel = options.Value.Sentinel;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/alarms");
        if (SimulatorOptions.KeyIn(options.Value.SentinelApiKeyFile) is { } key)
            request.Headers.Add(ApiKeyHeader.Name, key);
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync(SeenJson.Default.IReadOnlyListSeenAlarm, cancellationToken) ?? []
                : throw Unknown(sentinel, $"answers {(int)answer.StatusCode}");
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or NotSupportedException)
        {
            throw Unknown(sentinel, problem is HttpRequestException ? "does not answer" : "answers something else than alarms", problem);
        }
        catch (TaskCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unknown(sentinel, "does not answer in time", problem);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SimulatorException Unknown(string sentinel, string why, Exception? inner = null) =>
        new($"Nobody knows what was found: Sentinel at {sentinel} {why}.", inner);
}
