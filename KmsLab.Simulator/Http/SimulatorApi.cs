using System.Text.Json;
using KmsLab.Simulator.Runs;
using KmsLab.Simulator.Service;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Simulator.Http;

/// <summary>The HTTP API: scenarios, and their runs. JSON in camelCase, instants in UTC.</summary>
internal static class SimulatorApi
{
    private const string Landing = """
        KmsLab's simulator plays normal days and attacks against the lab.

          /api/scenarios           what can be played
          /api/runs                what was played, the latest first; POST {"scenario":"burst-exfiltration"} begins a run
          /api/runs/{id}           how far it is, and what was found of it
          /api/runs/{id}/stop      POST {}: stops it, and puts right what it changed
          /api/runs/{id}/report    what of it was an attack, and what was found, once it is over
          /health, /alive          whether it is ready, whether it lives

        """;

    public static void MapSimulatorApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Text(Landing));
        var api = routes.MapGroup("/api");
        api.MapGet("/scenarios", Scenarios);
        api.MapGet("/runs", Runs);
        api.MapPost("/runs", StartAsync);
        api.MapGet("/runs/{id}", One);
        api.MapPost("/runs/{id}/stop", Stop);
        api.MapGet("/runs/{id}/report", Report);
    }

    private static JsonHttpResult<IReadOnlyList<ScenarioAnswer>> Scenarios(Availability availability) =>
        TypedResults.Json<IReadOnlyList<ScenarioAnswer>>(
            [.. ScenarioCatalog.All.Select(scenario => ScenarioAnswer.Of(scenario, availability.WhyNot(scenario)))],
            SimulatorJson.Default.IReadOnlyListScenarioAnswer);

    private static JsonHttpResult<IReadOnlyList<RunAnswer>> Runs(RunRegistry runs) => TypedResults.Json<IReadOnlyList<RunAnswer>>(
        [.. runs.Latest.Select(run => run.Answer)], SimulatorJson.Default.IReadOnlyListRunAnswer);

    private static Results<JsonHttpResult<RunAnswer>, ProblemHttpResult> One(string id, RunRegistry runs) =>
        runs.Find(id) is { } run ? TypedResults.Json(run.Answer, SimulatorJson.Default.RunAnswer) : NoSuchRun(id);

    private static async Task<Results<JsonHttpResult<RunAnswer>, ProblemHttpResult>> StartAsync(
        HttpContext http, RunRegistry runs, Availability availability, TimeProvider time)
    {
        var (body, refusal) = await ReadAsync(http);
        if (body is null)
            return Problem(StatusCodes.Status400BadRequest, "No such request", refusal!);
        if (ScenarioCatalog.Find(body.Scenario) is not { } scenario)
            return NoSuchScenario(body.Scenario);
        if (availability.WhyNot(scenario) is { } unavailable)
            return Problem(StatusCodes.Status409Conflict, "Not available here", unavailable);

        var seed = body.Seed ?? (int)(time.GetUtcNow().ToUnixTimeSeconds() & 0xFFFF);
        var (run, busy) = runs.Start(scenario, new LiveSettings(seed, body.Speed), body.AmidNormalTraffic);
        if (run is null)
            return Problem(StatusCodes.Status409Conflict, "Not now", busy!);

        var answer = run.Answer;
        http.Response.Headers.Location = $"/api/runs/{answer.Id}";
        return TypedResults.Json(answer, SimulatorJson.Default.RunAnswer, statusCode: StatusCodes.Status201Created);
    }

    private static Results<JsonHttpResult<RunAnswer>, ProblemHttpResult> Stop(string id, RunRegistry runs)
    {
        if (runs.Find(id) is not { } run)
            return NoSuchRun(id);

        run.Stop();
        return TypedResults.Json(run.Answer, SimulatorJson.Default.RunAnswer, statusCode: StatusCodes.Status202Accepted);
    }

    private static Results<JsonHttpResult<ReportAnswer>, ProblemHttpResult> Report(string id, RunRegistry runs)
    {
        if (runs.Find(id) is not { } run)
            return NoSuchRun(id);

        var answer = run.Answer;
        return answer.To is null
            ? Problem(
                StatusCodes.Status409Conflict,
                "Still running",
                $"{answer.Scenario} is still running: ask for its report when it has ended.")
            : TypedResults.Json(new ReportAnswer(answer, run.Truth, answer.Verdict), SimulatorJson.Default.ReportAnswer);
    }

    private static async Task<(StartBody? Body, string? Refusal)> ReadAsync(HttpContext http)
    {
        const string shape = "Send {\"scenario\":\"burst-exfiltration\"}, and if you like \"seed\", \"amidNormalTraffic\" and \"speed\".";
        try
        {
            var body = await JsonSerializer.DeserializeAsync(http.Request.Body, SimulatorJson.Default.StartBody, http.RequestAborted);
            return body is null ? (null, shape)
                : body.Speed is { } speed && !(speed > 0 && double.IsFinite(speed)) ? (null, "speed must be above 0.")
                : (body, null);
        }
        catch (JsonException problem)
        {
            return (null, $"This is no such request{(problem.Path is { Length: > 1 } path ? $" ({path})" : "")}. {shape}");
        }
    }

    private static ProblemHttpResult NoSuchScenario(string id) => Problem(
        StatusCodes.Status404NotFound,
        "No such scenario",
        $"There is no scenario {id}. There are {string.Join(", ", ScenarioCatalog.All.Select(scenario => scenario.Id))}.");

    private static ProblemHttpResult NoSuchRun(string id) =>
        Problem(StatusCodes.Status404NotFound, "No such run", $"There is no run {id}, or none any more: GET /api/runs lists the latest.");

    private static ProblemHttpResult Problem(int status, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title);
}
