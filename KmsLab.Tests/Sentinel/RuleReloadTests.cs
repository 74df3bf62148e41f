using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel;

/// <summary>Rules of a folder are taken up while Sentinel runs; a mistake changes nothing and is told.</summary>
public sealed class RuleReloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rule_is_taken_up_without_a_restart_and_a_mistake_leaves_all_as_it_was()
    {
        using var rules = new TempFolder();
        await File.WriteAllTextAsync(rules["listing.json"], Rule("ListKeys"), Cancellation);
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(aws.Url, ("Sentinel:RulesFolder", rules.Path));
        using var kms = aws.Kms();
        await kms.ListKeysAsync(new ListKeysRequest(), Cancellation);
        await sentinel.JsonAsync("/api/alarms", alarms => Has(alarms, "listing"));

        await File.WriteAllTextAsync(rules["aliases.json"], Rule("ListAliases"), Cancellation);
        await sentinel.JsonAsync("/api/detections", detections => detections.AsArray().Any(one => one!["id"]!.GetValue<string>() == "aliases"));
        await kms.ListAliasesAsync(new ListAliasesRequest(), Cancellation);
        await sentinel.JsonAsync("/api/alarms", alarms => Has(alarms, "aliases"));

        await File.WriteAllTextAsync(rules["broken.json"], Rule("CreateKey").Replace("Threshold", "Treshold", StringComparison.Ordinal), Cancellation);
        var status = await sentinel.JsonAsync("/api/status", status => status["ruleProblems"]!.AsArray().Count == 1);
        status["ruleProblems"]![0]!.GetValue<string>().ShouldContain("did you mean 'Threshold'?");
        await File.WriteAllTextAsync(rules["other.json"], Rule("GetBucketPolicy", """, "EventSources": ["s4.amazonaws.com"]"""), Cancellation);
        await sentinel.JsonAsync("/api/status", status => status["ruleProblems"]!.AsArray().Any(one => one!.GetValue<string>().Contains("restart Sentinel")));

        File.Delete(rules["broken.json"]);
        File.Delete(rules["other.json"]);
        File.Delete(rules["aliases.json"]);
        await sentinel.JsonAsync("/api/status", status => status["ruleProblems"]!.AsArray().Count == 0);
        var left = await sentinel.JsonAsync("/api/detections", detections => detections.AsArray().All(one => one!["id"]!.GetValue<string>() != "aliases"));
        left.AsArray().ShouldContain(one => one!["id"]!.GetValue<string>() == "listing");
    }

    [Fact]
    public async Task Folder_with_a_mistake_stops_the_start()
    {
        using var rules = new TempFolder();
        await File.WriteAllTextAsync(rules["broken.json"], Rule("CreateKey").Replace("Threshold", "Treshold", StringComparison.Ordinal), Cancellation);
        await using var aws = await LocalAwsHost.StartAsync();

        var refused = await Should.ThrowAsync<Exception>(() => SentinelHost.StartAsync(aws.Url, ("Sentinel:RulesFolder", rules.Path)));

        refused.Message.ShouldContain("did you mean 'Threshold'?");
    }

    private static bool Has(System.Text.Json.Nodes.JsonNode alarms, string rule) => alarms.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == rule);

    private static string Rule(string operation, string more = "") => $$"""{ "Pattern": "{ $.eventName = \"{{operation}}\" }", "Threshold": 1, "Window": "5m"{{more}} }""";
}
