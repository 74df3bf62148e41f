using System.Text.Json.Nodes;
using Amazon.CloudTrail.Model;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator;
using KmsLab.Simulator.Live;
using KmsLab.Simulator.Plans;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.Simulator;

/// <summary>Scenarios against the lab in process: real HTTP, real SDK calls, and Sentinel's own alarms.</summary>
public sealed class LiveSimulatorTests
{
    private const string Application = "arn:aws:iam::000000000000:role/kmslab-cryptoapi";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Burst_exfiltration_decrypts_stolen_keys_from_elsewhere_and_is_found_at_the_first_call()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);

        var truth = await RunAsync(lab, "burst-exfiltration", speed: 60);
        var alarm = await AlarmAsync(lab, "unattested-call", alarm => alarm["evidenceTotal"]!.GetValue<long>() >= truth.Calls);

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((60, 0, null));
        truth.Attacks.ShouldHaveSingleItem().Principal.ShouldBe(Application);
        alarm["group"]!["principal"]!.GetValue<string>().ShouldBe(Application);
        var evidence = alarm["evidence"]!.AsArray();
        evidence.ShouldAllBe(record => record!["sourceIp"]!.GetValue<string>() == "203.0.113.66");
        evidence.ShouldAllBe(record => record!["errorCode"] == null);
        At(alarm, "firstSeen").ShouldBe(truth.Attacks[0].FirstCall, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Key_guessing_is_refused_by_KMS_and_found()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);

        var truth = await RunAsync(lab, "key-guessing", speed: 60);
        var alarm = await AlarmAsync(lab, "kms-error-burst");

        (truth.Calls, truth.Failed).ShouldBe((40, 0));
        truth.Attacks[0].Client.ShouldBe(OperatingSystem.IsLinux() ? "address:127.0.1.66" : "address:127.0.0.1");
        alarm["group"]!["principal"]!.GetValue<string>().ShouldBe(Application);
    }

    [Fact]
    public async Task Trail_blinding_is_found_and_the_trail_logs_all_afterwards()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var trail = lab.Trail();

        var truth = await RunAsync(lab, "trail-blinding", speed: 300);
        await AlarmAsync(lab, "trail-blinding");

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((6, 0, null));
        (await trail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = "kmslab" }, Cancellation)).IsLogging.ShouldBe(true);
        var selectors = await trail.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = "kmslab" }, Cancellation);
        (selectors.AdvancedEventSelectors ?? []).ShouldBeEmpty();
        (selectors.EventSelectors ?? []).ShouldAllBe(selector => selector.IncludeManagementEvents != false && (selector.ExcludeManagementEventSources ?? new()).Count == 0);
    }

    [Fact]
    public async Task Grant_backdoor_is_found_and_taken_back()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var kms = lab.Kms();
        var key = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata.Arn;
        var before = (await kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key, PolicyName = "default" }, Cancellation)).Policy;

        var truth = await RunAsync(lab, "grant-backdoor", speed: 300);
        await AlarmAsync(lab, "key-exposure");

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((4, 0, null));
        (await kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key, PolicyName = "default" }, Cancellation)).Policy.ShouldBe(before);
        ((await kms.ListGrantsAsync(new ListGrantsRequest { KeyId = key }, Cancellation)).Grants ?? []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("lockout", "access-lost", 2)]
    [InlineData("policy-decoys", "key-exposure", 4)]
    public async Task Policy_of_an_attack_is_found_and_put_back(string scenario, string detection, int calls)
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var kms = lab.Kms();
        var before = await PolicyAsync();

        var truth = await RunAsync(lab, scenario, speed: 300);
        await AlarmAsync(lab, detection);

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((calls, 0, null));
        (await PolicyAsync()).ShouldBe(before);

        async Task<string> PolicyAsync()
        {
            var key = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata.Arn;
            return (await kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key, PolicyName = "default" }, Cancellation)).Policy;
        }
    }

    [Theory]
    [InlineData("ransom-bucket-keys", 5, "ransom-pattern")]
    [InlineData("replica-abuse", 21, "key-exposure", "unattested-call")]
    [InlineData("forged-records", 3, "forged-records", "key-tampering")]
    public async Task Attack_is_played_on_what_the_lab_serves_and_found(string scenario, int calls, params string[] detections)
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var kms = lab.Kms();

        var truth = await RunAsync(lab, scenario, speed: 60);
        foreach (var detection in detections)
            await AlarmAsync(lab, detection);

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((calls, 0, null));
        (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata.KeyState.Value.ShouldBe("Enabled");
    }

    [Fact]
    public async Task What_is_worse_than_what_was_acknowledged_is_news()
    {
        using var folder = new TempFolder();
        // More of the same would be news before what is worse.
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("Sentinel:Alarms:NewsFactor", "0"));
        await RunAsync(lab, "acknowledged-then-worse", speed: 1000, maxCalls: 1);
        var alarm = await AlarmAsync(lab, "key-tampering");
        using var http = new HttpClient { BaseAddress = lab.Sentinel };
        using var acknowledged = await http.PostAsJsonAsync($"/api/alarms/{alarm["id"]!.GetValue<string>()}/acknowledge", new { reason = "maintenance" }, Cancellation);
        acknowledged.EnsureSuccessStatusCode();

        await RunAsync(lab, "acknowledged-then-worse", speed: 1000);

        var news = await AlarmAsync(lab, "key-tampering", known => known["acknowledged"]?["news"] is not null);
        news["acknowledged"]!["news"]!["what"]!.GetValue<string>().ShouldContain("ScheduleKeyDeletion");
    }

    [Fact]
    public async Task What_the_endpoint_does_not_serve_is_for_files()
    {
        var simulator = new LiveSimulator(new LabTarget(new Uri("http://localhost:1"), new Uri("http://localhost:1"), "us-east-1", null), TimeProvider.System);

        (await Should.ThrowAsync<SimulatorException>(() => simulator.RunAsync("sentinel-redeployed", new LiveSettings(), null, Cancellation))).Message.ShouldContain("Write it to files");
    }

    [Fact]
    public async Task Key_tampering_that_is_cut_short_leaves_the_key_as_it_was()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var kms = lab.Kms();
        var key = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata.Arn;

        foreach (var calls in new[] { 1, 4, 6, 8 })
        {
            await RunAsync(lab, "key-tampering", speed: 3000, maxCalls: calls);

            var metadata = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata;
            (metadata.Arn, metadata.KeyState.Value).ShouldBe((key, "Enabled"));
        }
    }

    [Fact]
    public async Task Grant_whose_call_the_stop_falls_into_is_made_known_and_taken_back()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);
        using var kms = lab.Kms();
        var key = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata.Arn;
        using var thief = lab.Kms();
        using var stop = new CancellationTokenSource();
        thief.BeforeRequestEvent += (_, _) => stop.Cancel();
        var undo = new Undo();
        var calls = new KeyCalls(lab.Target, new KeyNames(lab.Target), undo);

        await calls.DoAsync(new GrantKey(World.Vault, "arn:aws:iam::999999999999:role/maintenance"), thief, kms, stop.Token);

        stop.IsCancellationRequested.ShouldBeTrue();
        (await GrantsAsync()).ShouldBe(1);
        (await undo.RestoreAllAsync(Cancellation)).ShouldBeEmpty();
        (await GrantsAsync()).ShouldBe(0);

        async Task<int> GrantsAsync() => (await kms.ListGrantsAsync(new ListGrantsRequest { KeyId = key }, Cancellation)).Grants?.Count ?? 0;
    }

    [Theory]
    [InlineData("attested-exfiltration", 400)]
    [InlineData("slow-exfiltration", 20)]
    [InlineData("dry-run-probing", 6)]
    [InlineData("ransom", 151)]
    public async Task Scenario_runs_through(string scenario, int calls)
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);

        var truth = await RunAsync(lab, scenario, speed: 1_000_000);

        truth.Calls.ShouldBeGreaterThanOrEqualTo(calls);
        (truth.Failed, truth.Note).ShouldBe((0, null));
        truth.Attacks.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Normal_traffic_raises_nothing_but_what_people_mistype()
    {
        using var folder = new TempFolder();
        await using var lab = await StartAsync(folder);

        var truth = await RunAsync(lab, "normal", speed: 100_000, maxCalls: 300);
        await lab.SentinelAsync("/api/rates", rates => rates["series"]!.AsArray().Any(series => series!["service"]?.GetValue<string>() == "rds.amazonaws.com"));

        (truth.Calls, truth.Failed).ShouldBe((300, 0));
        truth.Attacks.ShouldBeEmpty();
        (await lab.SentinelAsync("/api/alarms")).AsArray().Select(alarm => alarm!["detection"]!.GetValue<string>()).ShouldBeSubsetOf(["kms-error-burst"]);
    }

    [Theory]
    [InlineData("https://kms.eu-west-1.amazonaws.com", "http://localhost:5080")]
    [InlineData("http://localhost:4566", "http://192.0.2.1:5080")]
    public async Task Endpoint_beyond_this_machine_is_refused(string endpoint, string cryptoApi)
    {
        var simulator = new LiveSimulator(new LabTarget(new Uri(cryptoApi), new Uri(endpoint), "eu-west-1", "Data Source=vault.db"), TimeProvider.System);

        var refused = await Should.ThrowAsync<SimulatorException>(() => simulator.RunAsync("trail-blinding", new LiveSettings(), null, Cancellation));

        refused.Message.ShouldContain("--i-own-this-account");
    }

    [Fact]
    public async Task Exfiltration_without_a_vault_says_what_it_needs()
    {
        var simulator = new LiveSimulator(new LabTarget(new Uri("http://localhost:1"), new Uri("http://localhost:1"), "us-east-1", null), TimeProvider.System);

        (await Should.ThrowAsync<SimulatorException>(() => simulator.RunAsync("burst-exfiltration", new LiveSettings(), null, Cancellation))).Message.ShouldContain("--vault");
    }

    private static Task<InProcessLab> StartAsync(TempFolder folder) => InProcessLab.StartAsync(folder.Path);

    private static Task<GroundTruth> RunAsync(InProcessLab lab, string scenario, double speed, int maxCalls = 2000) =>
        new LiveSimulator(lab.Target, TimeProvider.System)
            .RunAsync(scenario, new LiveSettings(Seed: 1, speed, maxCalls), null, Cancellation);

    private static async Task<JsonNode> AlarmAsync(InProcessLab lab, string detection, Func<JsonNode, bool>? until = null) =>
        Of(await lab.SentinelAsync("/api/alarms", alarms => Of(alarms, detection) is { } alarm && (until is null || until(alarm))), detection)!;

    private static JsonNode? Of(JsonNode alarms, string detection) => alarms.AsArray().FirstOrDefault(alarm => alarm!["detection"]!.GetValue<string>() == detection);

    private static DateTimeOffset At(JsonNode alarm, string name) => alarm[name]!.GetValue<DateTimeOffset>();
}
