using System.Net.Http.Json;
using System.Text.Json;

namespace KmsLab.AppHost.Scenarios;

/// <summary>Asks the simulator.</summary>
internal sealed class SimulatorClient(Uri address) : IDisposable
{
    // A developer's proxy has no business with calls to this machine.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Begins a scenario.</summary>
    /// <exception cref="LabException">The simulator refuses, with its reason.</exception>
    public async Task<SimulatorRun> StartAsync(string scenario, int? seed, bool amidNormalTraffic, CancellationToken cancellationToken) =>
        await ReadAsync(() => _http.PostAsJsonAsync("/api/runs", new { scenario, seed, amidNormalTraffic }, cancellationToken), cancellationToken);

    /// <summary>How far a run is.</summary>
    public async Task<SimulatorRun> RunAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(() => _http.GetAsync(new Uri($"/api/runs/{id}", UriKind.Relative), cancellationToken), cancellationToken);

    /// <summary>Asks a run to end; what it changed is put right first.</summary>
    public async Task StopAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync($"/api/runs/{id}/stop", new { }, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<SimulatorRun> ReadAsync(Func<Task<HttpResponseMessage>> ask, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await ask();
            if (!answer.IsSuccessStatusCode)
                throw Refused(await WordsAsync(answer, cancellationToken));
            return (await answer.Content.ReadFromJsonAsync<SimulatorRun>(JsonSerializerOptions.Web, cancellationToken))!;
        }
        catch (HttpRequestException unreachable)
        {
            throw Refused($"the simulator at {address} does not answer ({unreachable.Message})");
        }
    }

    private static async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return problem.TryGetProperty("detail", out var detail) && detail.GetString() is { } words ? words : $"the simulator answered {(int)answer.StatusCode}";
    }

    private static LabException Refused(string why) => new(why) { Aim = "play the scenario" };
}
