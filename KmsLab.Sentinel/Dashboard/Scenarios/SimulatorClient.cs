using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Dashboard.Scenarios;

/// <summary>Asks the simulator, a service of its own, for its scenarios and runs; registered only where there is one.</summary>
internal sealed class SimulatorClient(IOptions<SimulatorOptions> options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = PollingClient.Create(new Uri(options.Value.Url!), Patience);

    /// <summary>Asks for the scenarios that can be played.</summary>
    /// <exception cref="SimulatorException">It can't be asked.</exception>
    public Task<IReadOnlyList<Scenario>> ScenariosAsync(CancellationToken cancellationToken) => SendAsync(
        new(HttpMethod.Get, "/api/scenarios"), SimulatorJson.Default.IReadOnlyListScenario, cancellationToken);

    /// <summary>Asks for the runs that were played, the latest first.</summary>
    /// <exception cref="SimulatorException">It can't be asked.</exception>
    public Task<IReadOnlyList<ScenarioRun>> RunsAsync(CancellationToken cancellationToken) => SendAsync(
        new(HttpMethod.Get, "/api/runs"), SimulatorJson.Default.IReadOnlyListScenarioRun, cancellationToken);

    /// <summary>Begins a scenario.</summary>
    /// <exception cref="SimulatorException">It refuses, or can't be asked.</exception>
    public Task StartAsync(string scenario, CancellationToken cancellationToken) => SendAsync(
        new(HttpMethod.Post, "/api/runs") { Content = JsonContent.Create(new StartRun(scenario), SimulatorJson.Default.StartRun) },
        SimulatorJson.Default.ScenarioRun,
        cancellationToken);

    /// <summary>Stops a run; what it changed is put right first.</summary>
    /// <exception cref="SimulatorException">It refuses, or can't be asked.</exception>
    public Task StopAsync(string run, CancellationToken cancellationToken) => SendAsync(
        new(HttpMethod.Post, $"/api/runs/{Uri.EscapeDataString(run)}/stop")
        {
            Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")),
        },
        SimulatorJson.Default.ScenarioRun,
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var sent = request;
        try
        {
            using var answer = await _http.SendAsync(sent, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new SimulatorException(await RefusalAsync(answer, cancellationToken));
            return await answer.Content.ReadFromJsonAsync(shape, cancellationToken) ?? throw Silent("answers nothing");
        }
        catch (HttpRequestException problem)
        {
            throw Silent("does not answer", problem);
        }
        catch (TaskCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent("does not answer", problem);
        }
        catch (JsonException problem)
        {
            throw Silent("answers as no simulator does", problem);
        }
    }

    private async Task<string> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await answer.Content.ReadFromJsonAsync(SimulatorJson.Default.SimulatorProblem, cancellationToken)
            : null;
        return problem?.Detail ?? Silent($"answers {(int)answer.StatusCode}").Message;
    }

    private SimulatorException Silent(string what, Exception? inner = null) =>
        new($"The simulator at {options.Value.Url!.TrimEnd('/')} {what}.", inner);
}

/// <summary>The simulator refuses, or can't be asked; the message says so to people.</summary>
internal sealed class SimulatorException(string message, Exception? inner = null) : Exception(message, inner);
