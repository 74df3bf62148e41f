using System.Text.Json.Nodes;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel;

/// <summary>Canary, trail guard and time go on while a read of the log group hangs.</summary>
public sealed class OwnClocksTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_guard_and_ticks_go_on_while_a_read_hangs()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(
            aws.Url,
            ("Sentinel:Canary:KeyId", "alias/kmslab-canary"), ("Sentinel:Canary:CreateKey", "true"), ("Sentinel:Canary:Interval", "00:00:00.200"),
            ("Sentinel:Guard:Enabled", "true"), ("Sentinel:Guard:Interval", "00:00:00.500"), ("Sentinel:Delivery:LookInterval", "00:00:00.500"),
            ("Sentinel:Delivery:UnreadableAfter", "00:00:02"));
        await sentinel.JsonAsync("/api/status", status => CanaryAt(status) is not null && GuardAt(status) is not null);

        using var http = aws.Http();
        using var changed = await http.PutAsJsonAsync("/_localaws/faults", new[] { new { action = "logs:FilterLogEvents", latency = "00:05:00" } }, Cancellation);
        changed.EnsureSuccessStatusCode();

        // What was under way at that moment may still end.
        var hanging = await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == "delivery-silent"));
        hanging.ShouldNotBeNull();
        var before = await sentinel.JsonAsync("/api/status");
        await sentinel.JsonAsync("/api/status", status => CanaryAt(status) > CanaryAt(before) && GuardAt(status) > GuardAt(before));
        (await sentinel.JsonAsync("/api/status"))["sources"]![0]!["lastCompleteRead"]!.GetValue<DateTimeOffset>()
            .ShouldBe(before["sources"]![0]!["lastCompleteRead"]!.GetValue<DateTimeOffset>());
    }

    private static DateTimeOffset? CanaryAt(JsonNode status) => status["canary"]?["lastCalledAt"]?.GetValue<DateTimeOffset>();

    private static DateTimeOffset? GuardAt(JsonNode status) => status["guard"]?["lastLookAt"]?.GetValue<DateTimeOffset>();
}
