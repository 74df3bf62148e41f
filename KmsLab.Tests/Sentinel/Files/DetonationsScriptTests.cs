using System.Diagnostics;
using System.Text.Json.Nodes;
using KmsLab.Tests.Aws;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>The script docs/detonations.sh, with the Sentinel that is built.</summary>
public sealed class DetonationsScriptTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_file_and_folder_is_one_detonation_in_the_table()
    {
        using var folder = new RecordFolder();
        folder.Add("all/guessed.json", RecordFolder.Delivery(WrongKey("a"), WrongKey("b")));
        folder.Add("all/quiet day/1.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        folder.Add("all/quiet day/2.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        folder.Add("all/rds.json", RecordFolder.Delivery(TestRecords.Decrypt().With(r => r["eventSource"] = "rds.amazonaws.com")));

        var (exitCode, output) = await RunAsync(folder["all"]);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("| guessed.json | 2 | 2 | kms-error-burst |");
        output.ShouldContain("| quiet day | 2 | 2 | none |");
        output.ShouldContain("| rds.json | 1 | 0 | none, for nothing was judged |");
        output.ShouldContain("3 detonations: 1 with alarms, 1 judged without one, 1 of other services only, 0 that could not be replayed.");
    }

    [Fact]
    public async Task What_can_not_be_replayed_is_told_and_fails()
    {
        using var folder = new RecordFolder();
        folder.Add("all/a.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        folder.Add("config.json", """{"Sentinel":{"ProtectedSets":{"vault":{"Keys":[]}}}}"""u8.ToArray());

        var (exitCode, output) = await RunAsync(folder["all"], folder["config.json"]);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("| a.json | | | could not be replayed |");
        output.ShouldContain("vault needs Keys");
    }

    [Fact]
    public async Task No_folder_is_an_error()
    {
        var (exitCode, output) = await RunAsync("/there/is/no/such/folder");

        exitCode.ShouldBe(1);
        output.ShouldContain("usage:");
    }

    private static JsonObject WrongKey(string id) => TestRecords.WrongKey(TestRecords.Noon, eventId: id);

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        Strict.Require(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "there is no bash");
        var start = new ProcessStartInfo("bash", [Path.Combine(Template.Folder, "..", "docs", "detonations.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KMSLAB_SENTINEL"] = typeof(KmsLab.Sentinel.SentinelProgram).Assembly.Location },
        };
        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync(Cancellation);
        var error = script.StandardError.ReadToEndAsync(Cancellation);
        await script.WaitForExitAsync(Cancellation);
        return (script.ExitCode, await output + await error);
    }
}
