using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>The commands <c>check</c>, <c>test</c> and <c>replay --config</c>, as a process of their own.</summary>
public sealed class RuleTestCommandTests
{
    private const string Rule = """
        { "Sentinel": { "EventHistory": true, "Rules": { "reads": { "Pattern": "{ $.eventName = \"Decrypt\" }", "Threshold": THRESHOLD, "Window": "1h", "GroupBy": [ "principal" ] },
          "deletes": { "Pattern": "{ $.eventName = \"ScheduleKeyDeletion\" }" } } } }
        """;

    [Theory]
    [InlineData("3", "3", "1")]
    [InlineData("4", "3", "0")]
    public async Task Test_says_which_rules_would_fire_and_what_they_saw(string threshold, string records, string alarms)
    {
        using var folder = new TempFolder();
        WriteRecords(folder, 3);
        await File.WriteAllTextAsync(folder["rules.json"], Rule.Replace("THRESHOLD", threshold, StringComparison.Ordinal), Cancellation);

        using var program = Sentinel("test", folder["rules.json"], "--records", folder["records.jsonl"]);

        (await program.WaitForExitAsync()).ShouldBe(0, program.Output);
        var cells = program.Output.Split('\n').Select(line => line.Split('│', StringSplitOptions.TrimEntries)).ToList();
        var reads = cells.Single(row => row is ["rule", "reads", ..] or ["", "rule", "reads", ..]).SkipWhile(cell => cell.Length == 0).ToList();
        reads[3].ShouldBe(records);
        reads[5].ShouldBe(alarms);
        cells.ShouldContain(row => row.Contains("deletes") && row.Contains("0"));
    }

    [Fact]
    public async Task Test_without_a_record_to_judge_is_no_success()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["rules.json"], Rule.Replace("THRESHOLD", "1", StringComparison.Ordinal), Cancellation);
        await File.WriteAllTextAsync(folder["records.jsonl"], "", Cancellation);

        using var program = Sentinel("test", folder["rules.json"], "--records", folder["records.jsonl"]);

        (await program.WaitForExitAsync()).ShouldBe(4, program.Output);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("test")]
    [InlineData("replay")]
    public async Task Wrong_configuration_is_told_whole_and_exit_code_1(string command)
    {
        using var folder = new TempFolder();
        WriteRecords(folder, 1);
        await File.WriteAllTextAsync(folder["wrong.json"], Rule.Replace("THRESHOLD", "\"many\"", StringComparison.Ordinal).Replace("\"GroupBy\"", "\"GrupBy\"", StringComparison.Ordinal), Cancellation);
        string[] arguments = command switch
        {
            "check" => [folder["wrong.json"]],
            "test" => [folder["wrong.json"], "--records", folder["records.jsonl"]],
            _ => [folder["records.jsonl"], "--config", folder["wrong.json"]],
        };

        using var program = Sentinel([command, .. arguments]);

        (await program.WaitForExitAsync()).ShouldBe(1, program.Output);
        program.Output.ShouldContain($"Sentinel:Rules:reads:Threshold ({folder["wrong.json"]}): it is 'many', and must be a whole number");
        program.Output.ShouldContain("did you mean 'GroupBy'?");
    }

    [Fact]
    public async Task Check_says_that_a_file_is_right_and_what_else_a_start_needs()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["rules.json"], Rule.Replace("THRESHOLD", "3", StringComparison.Ordinal), Cancellation);

        using var program = Sentinel("check", folder["rules.json"]);

        (await program.WaitForExitAsync()).ShouldBe(0, program.Output);
        program.Output.ShouldContain("Sentinel's settings are right.");
        program.Output.ShouldContain("ConnectionStrings:sentinel is not set");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LabProcess Sentinel(params string[] arguments) => LabProcess.Start(arguments, program: "KmsLab.Sentinel");

    private static void WriteRecords(TempFolder folder, int records) => File.WriteAllLines(
        folder["records.jsonl"],
        Enumerable.Range(0, records).Select(number => $$"""{"eventVersion":"1.11","eventTime":"2026-11-03T10:0{{number}}:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.1","eventID":"00000000-0000-4000-8000-00000000000{{number}}","requestID":"00000000-0000-4000-9000-00000000000{{number}}","eventType":"AwsApiCall","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ada","accountId":"111122223333"},"resources":[{"ARN":"arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-a000-000000000000","type":"AWS::KMS::Key"}]}"""));
}
