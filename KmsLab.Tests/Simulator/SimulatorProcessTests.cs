using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.Simulator;

/// <summary>The command <c>serve</c>, as a process of its own that a signal stops.</summary>
public sealed class SimulatorProcessTests
{
    private const string Program = "KmsLab.Simulator";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Help_of_serve_says_what_can_be_set()
    {
        using var help = LabProcess.Start(["serve", "--help"], program: Program);

        (await help.WaitForExitAsync()).ShouldBe(0);
        help.Output.ShouldContain("Simulator:Patience");
        help.Output.ShouldContain("ConnectionStrings:vault");
        help.Output.ShouldContain("http://localhost:5070");
    }

    [Fact]
    public async Task Signal_ends_an_attack_after_everything_is_put_right()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var kms = lab.Kms();
        var key = await KeyAsync(kms, "alias/kmslab");
        using var service = await AttackAsync(lab);
        (await KeyAsync(kms, key.KeyId)).KeyState.ShouldBe(KeyState.Disabled);

        service.Signal("TERM");

        (await service.WaitForExitAsync()).ShouldBe(0, service.Output);
        (await KeyAsync(kms, key.KeyId)).KeyState.ShouldBe(KeyState.Enabled);
        service.Output.ShouldContain("key-tampering is stopped.");
    }

    [Fact]
    public async Task Signal_ends_an_attack_and_the_log_says_what_could_not_be_put_right()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var kms = lab.Kms();
        using var service = await AttackAsync(lab);

        // A key that somebody else schedules for deletion can't be enabled.
        var key = (await KeyAsync(kms, "alias/kmslab")).KeyId;
        await kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = key, PendingWindowInDays = 7 }, Cancellation);
        service.Signal("TERM");

        (await service.WaitForExitAsync()).ShouldBe(0, service.Output);
        service.Output.ShouldContain("Not put right: the key's state, because ");
        service.Output.ShouldContain("kms enable-key --key-id");
    }

    /// <summary>Starts the service, and an attack that has disabled the key and waits before its next call.</summary>
    private static async Task<LabProcess> AttackAsync(InProcessLab lab)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LabProcess.FreePort()}"));
        var settings = SimulatorHost.SettingsFor(lab).Select(setting => $"--{setting.Key}={setting.Value}");
        var service = LabProcess.Start(["serve", $"--Simulator:Url={address}", .. settings], program: Program);
        try
        {
            await service.WaitForAsync(address);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
            using var begun = await http.PostAsJsonAsync("/api/runs", new { scenario = "key-tampering", speed = 1 }, Cancellation);
            begun.EnsureSuccessStatusCode();
            var path = begun.Headers.Location!;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            deadline.CancelAfter(TimeSpan.FromMinutes(1));
            while ((await http.GetFromJsonAsync<JsonNode>(path, deadline.Token))!["phase"]!.GetValue<string>() != "running")
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    private static async Task<KeyMetadata> KeyAsync(AmazonKeyManagementServiceClient kms, string key) =>
        (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = key }, Cancellation)).KeyMetadata;
}
