using System.Text.Json;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>The command <c>KmsLab.Sentinel replay</c> as a process: what it prints, and what its exit code says.</summary>
public sealed class ReplayCommandTests
{
    [Fact]
    public async Task Replay_with_an_alarm_tells_it_with_its_evidence_and_exits_with_2()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder, TestRecords.Decrypt().Utf8(), TestRecords.WrongKey(TestRecords.Noon, eventId: "first").Utf8(), TestRecords.WrongKey(TestRecords.Noon.AddSeconds(1), eventId: "second").Utf8());

        var (exitCode, output) = await RunAsync("replay", folder.Path);

        exitCode.ShouldBe(2, output);
        output.ShouldContain("kms-error-burst");
        output.ShouldContain("second");
    }

    [Fact]
    public async Task Replay_without_an_alarm_exits_with_0_and_counts_as_JSON()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder, TestRecords.Decrypt().Utf8(), TestRecords.Decrypt(TestRecords.Noon.AddSeconds(1)).Utf8());

        var (exitCode, output) = await RunAsync("replay", folder.Path, "--json");

        exitCode.ShouldBe(0, output);
        var report = JsonDocument.Parse(output[output.IndexOf('{')..(output.LastIndexOf('}') + 1)]).RootElement;
        report.GetProperty("alarms").GetArrayLength().ShouldBe(0);
        report.ToString().ShouldContain("Decrypt");
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "/there/is/no/such/folder")]
    [InlineData("replay", ".", "--from", "yesterday")]
    public async Task Replay_that_can_not_begin_says_what_to_do_and_exits_with_1(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);

        exitCode.ShouldBe(1, output);
        output.ShouldNotBeEmpty();
        output.ShouldNotContain("   at ");
    }

    private static Task WriteAsync(TempFolder folder, params byte[][] records) =>
        File.WriteAllBytesAsync(Path.Combine(folder.Path, "records.json"), [.. records.SelectMany(record => record.Append((byte)'\n'))], TestContext.Current.CancellationToken);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var program = LabProcess.Start(arguments, program: "KmsLab.Sentinel");
        return (await program.WaitForExitAsync(), program.Output);
    }
}
