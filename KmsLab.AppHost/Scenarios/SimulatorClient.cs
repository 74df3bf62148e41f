using System.Net.Http.Json;
using System.Text.Json;

namespace KmsLab.AppHost.Scenarios;

/// <summary>Asks the simulator.</summary>
internal sealed class SimulatorClient(Uri address) : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    // A developer's proxy has no business with calls to this machine.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Begins a scenario.</summary>
    /// <exception cref="LabException">The simulator refuses, with its reason.</exception>
    public async Task<SimulatorRun> StartAsync(string scenario, int? seed, bool amidNormalTraffic, CancellationToken cancellationToken) =>
        await ReadAsync(
            () => _http.PostAsJsonAsync("/api/runs", new { scenario, seed, amidNormalTraffic }, cancellationToken), cancellationToken);

    /// <summary>Follows a run to its end.</summary>
    /// <param name="run">As it began.</param>
    /// <param name="enterPhase">Told of each phase that it comes to.</param>
    /// <param name="stop">Asks the run to end early. What it changed is put right first, so its end is waited for all the same.</param>
    /// <exception cref="LabException">The simulator does not answer any more.</exception>
    public async Task<SimulatorRun> FollowAsync(SimulatorRun run, Action<SimulatorRun> enterPhase, CancellationToken stop)
    {
        var path = $"/api/runs/{run.Id}";
        var phase = "";
        while (run.State == "running")
        {
            if (run.Phase != phase)
                enterPhase(run);
            phase = run.Phase;
            if (stop.IsCancellationRequested)
                await ReadAsync(() => _http.PostAsJsonAsync($"{path}/stop", new { }, CancellationToken.None), CancellationToken.None);
            await Task.Delay(LookInterval, TimeProvider.System, CancellationToken.None);
            run = await ReadAsync(
                () => _http.GetAsync(new Uri(path, UriKind.Relative), CancellationToken.None), CancellationToken.None);
        }

        return run;
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
        catch (Exception unreachable) when (IsUnreachable(unreachable, cancellationToken))
        {
            throw Refused($"the simulator at {address} does not answer ({unreachable.Message}) See its log on the dashboard.");
        }
    }

    /// <summary>HttpClient tells of its own time limit by a cancellation that nobody asked for.</summary>
    private static bool IsUnreachable(Exception problem, CancellationToken asked) =>
        problem is HttpRequestException || (problem is TaskCanceledException && !asked.IsCancellationRequested);

    private static async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return problem.TryGetProperty("detail", out var detail) && detail.GetString() is { } words
            ? words
            : $"the simulator answered {(int)answer.StatusCode}";
    }

    private static LabException Refused(string why) => new(why) { Aim = "play the scenario" };
}
