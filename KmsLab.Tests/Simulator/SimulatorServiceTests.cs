using System.Net;
using System.Text.Json.Nodes;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.Simulator;

/// <summary>The simulator's service against a lab: real HTTP, real SDK calls, and the verdict by Sentinel's own alarms.</summary>
public sealed class SimulatorServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attack_is_played_and_its_verdict_names_the_alarm_that_found_it()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("LocalAws:TrustSourceIpHeader", "true"));
        await using var simulator = await SimulatorHost.StartAsync(lab);

        var path = await simulator.BeginAsync(new { scenario = "burst-exfiltration", seed = 1, speed = 60 });
        var run = await simulator.UntilEndedAsync(path);
        var report = await simulator.GetAsync($"{path}/report");

        (Text(run, "state"), run["problem"], run["note"]).ShouldBe(("done", null, null));
        (run["done"]!.GetValue<int>(), run["total"]!.GetValue<int>()).ShouldBe((60, 60));
        var verdict = run["verdict"]!;
        verdict["isGood"]!.GetValue<bool>().ShouldBeTrue(verdict.ToJsonString());
        Text(verdict, "summary").ShouldMatch(@"^found after \d+\.\d s by unattested-call$");
        var finding = verdict["findings"]!.AsArray().ShouldHaveSingleItem()!;
        (Text(finding, "detection"), finding["found"]!.GetValue<bool>()).ShouldBe(("unattested-call", true));
        var alarm = await lab.SentinelAsync($"/api/alarms/{Text(finding, "alarmId")}");
        Text(alarm, "detection").ShouldBe("unattested-call");
        var attack = report["truth"]!["attacks"]!.AsArray().ShouldHaveSingleItem()!;
        Text(attack, "principal").ShouldBe("arn:aws:iam::000000000000:role/kmslab-cryptoapi");
        JsonNode.DeepEquals(report["verdict"], verdict).ShouldBeTrue();
        JsonNode.DeepEquals((await simulator.GetAsync("/api/runs")).AsArray().ShouldHaveSingleItem(), run).ShouldBeTrue();
    }

    [Fact]
    public async Task Attack_amid_normal_traffic_begins_with_it_and_is_found_in_its_midst()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var simulator = await SimulatorHost.StartAsync(lab);

        var path = await simulator.BeginAsync(new { scenario = "grant-backdoor", seed = 1, speed = 300, amidNormalTraffic = true });
        await simulator.UntilAsync(path, run => Text(run, "phase") == "normal traffic first");
        var run = await simulator.UntilEndedAsync(path);

        Text(run, "state").ShouldBe("done", run.ToJsonString());
        var verdict = run["verdict"]!;
        (verdict["before"]!.AsArray().Count, verdict["normalProblem"]).ShouldBe((0, null));
        Text(verdict, "summary").ShouldMatch(@"^found after \d+\.\d s by key-exposure$");
        // No call of the attack: what the people of the normal day store.
        (await lab.SentinelAsync("/api/rates")).ToJsonString().ShouldContain("\"Encrypt\"");
    }

    [Fact]
    public async Task Attack_that_only_history_shows_waits_for_nothing()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var simulator = await SimulatorHost.StartAsync(lab);

        var path = await simulator.BeginAsync(new { scenario = "attested-exfiltration", speed = 1_000_000 });
        var run = await simulator.UntilEndedAsync(path);

        Text(run, "state").ShouldBe("done", run.ToJsonString());
        Text(run["verdict"], "summary").ShouldBe("nothing is expected to find this in a lab without history");
    }

    [Fact]
    public async Task Attack_that_no_alarm_finds_is_missed()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Detections:dry-run-probing:Mode", "Off"));
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Patience", "00:00:02"));

        var run = await simulator.UntilEndedAsync(await simulator.BeginAsync(new { scenario = "dry-run-probing", speed = 1000 }));

        (Text(run, "state"), Text(run["verdict"], "summary")).ShouldBe(("done", "missed: dry-run-probing"));
        run["verdict"]!["isGood"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Sentinel_that_does_not_answer_leaves_the_run_without_a_verdict()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Sentinel", "http://127.0.0.1:1"));

        var path = await simulator.BeginAsync(new { scenario = "dry-run-probing", speed = 1000 });
        var run = await simulator.UntilEndedAsync(path);
        var report = await simulator.GetAsync($"{path}/report");

        Text(run, "state").ShouldBe("failed");
        Text(run, "problem").ShouldBe("Nobody knows what was found: Sentinel at http://127.0.0.1:1 does not answer.");
        run["verdict"].ShouldBeNull();
        Text(report["truth"], "scenario").ShouldBe("dry-run-probing");
    }

    [Fact]
    public async Task One_attack_is_played_at_a_time_and_a_normal_day_beside_it()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var simulator = await SimulatorHost.StartAsync(lab);

        var normal = await simulator.BeginAsync(new { scenario = "normal" });
        var attack = await simulator.BeginAsync(new { scenario = "ransom" });

        (await RefusalAsync(simulator, new { scenario = "key-guessing" }))
            .ShouldBe("ransom is still running: stop it, or wait for its end.");
        (await RefusalAsync(simulator, new { scenario = "normal" }))
            .ShouldBe("normal is still running: stop it, or wait for its end.");
        (await ReportStatusAsync(simulator, attack)).ShouldBe(HttpStatusCode.Conflict);
        await StopAsync(simulator, attack);
        Text(await simulator.UntilEndedAsync(attack), "state").ShouldBe("stopped");
        (await RefusalAsync(simulator, new { scenario = "ransom", amidNormalTraffic = true }))
            .ShouldStartWith("normal makes normal traffic already");
        await StopAsync(simulator, normal);
        Text(await simulator.UntilEndedAsync(normal), "state").ShouldBe("stopped");
        await StopAsync(simulator, normal); // Nothing to do, and no error.

        (await simulator.GetAsync("/api/runs")).AsArray().Select(run => Text(run, "scenario")).ShouldBe(["ransom", "normal"]);
        (await ReportStatusAsync(simulator, attack)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Twenty_runs_are_kept_the_newest_first()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        await using var simulator = await SimulatorHost.StartAsync(lab, ("Simulator:Patience", "00:00:00"));

        for (var seed = 0; seed < 21; seed++)
        {
            var run = await simulator.BeginAsync(new { scenario = "dry-run-probing", seed, speed = 1_000_000 });
            await simulator.UntilEndedAsync(run);
        }

        var seeds = (await simulator.GetAsync("/api/runs")).AsArray().Select(run => run!["seed"]!.GetValue<int>());
        seeds.ShouldBe(Enumerable.Range(1, 20).Reverse());
    }

    [Fact]
    public async Task Stopped_attack_has_put_everything_right()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var trail = lab.Trail();
        await using var simulator = await SimulatorHost.StartAsync(lab);

        var path = await simulator.BeginAsync(new { scenario = "trail-blinding" });
        await simulator.UntilAsync(path, run => Text(run, "phase") == "running");
        (await BlindedAsync(trail)).ShouldBeTrue();
        await StopAsync(simulator, path);
        var run = await simulator.UntilEndedAsync(path);

        (Text(run, "state"), Text(run, "phase"), run["problem"]).ShouldBe(("stopped", "stopped", null));
        (await BlindedAsync(trail)).ShouldBeFalse();
    }

    private static async Task<bool> BlindedAsync(AmazonCloudTrailClient trail)
    {
        var selectors = await trail.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = "kmslab" }, Cancellation);
        return (selectors.EventSelectors ?? []).Any(selector => selector.ExcludeManagementEventSources is { Count: > 0 });
    }

    private static async Task StopAsync(SimulatorHost simulator, string run)
    {
        using var answer = await simulator.PostAsync($"{run}/stop", new { });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task<HttpStatusCode> ReportStatusAsync(SimulatorHost simulator, string run)
    {
        using var answer = await simulator.Http.GetAsync($"{run}/report", Cancellation);
        return answer.StatusCode;
    }

    private static async Task<string> RefusalAsync(SimulatorHost simulator, object body)
    {
        using var answer = await simulator.PostAsync("/api/runs", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        return Text(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation), "detail");
    }

    private static string Text(JsonNode? node, string member) => node![member]!.GetValue<string>();
}
