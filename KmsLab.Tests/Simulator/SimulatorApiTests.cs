using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Simulator;

/// <summary>The service's answers that need no lab.</summary>
public sealed class SimulatorApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scenarios_say_what_they_are_and_why_one_is_not_available()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var scenarios = (await simulator.GetAsync("/api/scenarios")).AsArray();

        scenarios.Count.ShouldBe(19);
        var ransom = scenarios.Single(scenario => Text(scenario, "id") == "ransom")!;
        Text(ransom, "title").ShouldBe("Data is encrypted under a key made for it");
        (ransom["isAttack"]!.GetValue<bool>(), ransom["available"]!.GetValue<bool>()).ShouldBe((true, true));
        ransom["expected"]!.AsArray().Single()!.GetValue<string>().ShouldBe("ransom-pattern");
        ransom["unavailable"].ShouldBeNull();
        var burst = scenarios.Single(scenario => Text(scenario, "id") == "burst-exfiltration")!;
        (burst["needsVault"]!.GetValue<bool>(), burst["available"]!.GetValue<bool>()).ShouldBe((true, false));
        Text(burst, "unavailable").ShouldContain("ConnectionStrings:vault");
        var replica = scenarios.Single(scenario => Text(scenario, "id") == "sentinel-redeployed")!;
        replica["available"]!.GetValue<bool>().ShouldBeFalse();
        Text(replica, "unavailable").ShouldContain("Write it to files");
    }

    [Fact]
    public async Task Scenario_that_is_not_available_or_not_there_is_refused_in_words()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var unavailable = await RefusalAsync(simulator, """{"scenario":"burst-exfiltration"}""", HttpStatusCode.Conflict);
        var unknown = await RefusalAsync(simulator, """{"scenario":"burst"}""", HttpStatusCode.NotFound);

        unavailable.ShouldContain("ConnectionStrings:vault");
        unknown.ShouldStartWith("There is no scenario burst. There are normal, burst-exfiltration");
        (await simulator.GetAsync("/api/runs")).AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"scenario":null}""")]
    [InlineData("""{"scenario":"normal","seed":"x"}""")]
    [InlineData("""{"scenario":"normal","amidNormalTrafic":true}""")]
    [InlineData("""{"scenario":"normal","speed":0}""")]
    public async Task Body_that_is_no_request_is_refused_in_words(string body)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        (await RefusalAsync(simulator, body, HttpStatusCode.BadRequest)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/api/runs/no-such")]
    [InlineData("GET", "/api/runs/no-such/report")]
    [InlineData("POST", "/api/runs/no-such/stop")]
    public async Task Unknown_run_is_a_404_that_says_where_to_look(string method, string path)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = JsonContent.Create(new { });

        using var answer = await simulator.Http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Text(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation), "detail").ShouldContain("GET /api/runs");
    }

    [Fact]
    public async Task Lab_that_does_not_run_fails_the_run_and_says_so()
    {
        await using var simulator = await SimulatorHost.StartAsync(
            ("Simulator:CryptoApi", "http://127.0.0.1:1"), ("Simulator:Endpoint", "http://127.0.0.1:1"));

        var run = await simulator.UntilEndedAsync(await simulator.BeginAsync(new { scenario = "ransom", seed = 7 }));

        (Text(run, "state"), Text(run, "phase"), run["seed"]!.GetValue<int>()).ShouldBe(("failed", "failed", 7));
        Text(run, "problem").ShouldStartWith("ransom could not be set up");
        run["verdict"].ShouldBeNull();
    }

    [Fact]
    public async Task Health_is_answered()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        foreach (var path in new[] { "/health", "/alive", "/" })
        {
            using var answer = await simulator.Http.GetAsync(path, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task Start_names_every_wrong_option_at_once_and_no_secret()
    {
        var error = await Should.ThrowAsync<OptionsValidationException>(() => SimulatorHost.StartAsync(
            ("Simulator:CryptoApi", "localhost"),
            ("Simulator:Endpoint", "https://kms.eu-west-1.amazonaws.com"),
            ("Simulator:Sentinel", "?"),
            ("Simulator:Region", "nowhere"),
            ("Simulator:AccountId", "12"),
            ("Simulator:ApiKeyFile", "/no/such/file"),
            ("Simulator:Patience", "-00:00:01"),
            ("ConnectionStrings:vault", "Hots=x;Password=s3cret")));

        string[] settings = ["CryptoApi", "Endpoint", "Sentinel", "Region", "AccountId", "ApiKeyFile", "Patience"];
        foreach (var setting in settings)
            error.Message.ShouldContain($"Simulator:{setting}");
        error.Message.ShouldContain("beyond this machine");
        error.Message.ShouldContain("ConnectionStrings:vault");
        error.Message.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Start_is_refused_beyond_loopback()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => SimulatorHost.StartAsync(("Simulator:Url", "http://0.0.0.0:0")));

        error.Message.ShouldContain("http://0.0.0.0:0 is reachable from other machines");
    }

    private static async Task<string> RefusalAsync(SimulatorHost simulator, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await simulator.Http.PostAsync("/api/runs", content, Cancellation);
        answer.StatusCode.ShouldBe(status);
        return Text(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation), "detail");
    }

    private static string Text(JsonNode? node, string member) => node![member]!.GetValue<string>();
}
