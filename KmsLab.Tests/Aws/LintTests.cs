using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>The linters' own opinion, where they are on PATH.</summary>
public sealed class LintTests
{
    [Fact]
    public async Task Templates_are_clean_for_cfn_lint()
    {
        var (exitCode, output) = await RunAsync("cfn-lint", [.. Template.All.Keys.Select(name => Path.Combine(Template.Folder, name))]);

        exitCode.ShouldBe(0, output);
    }

    [Fact]
    public async Task Scripts_are_clean_for_shellcheck()
    {
        var (exitCode, output) = await RunAsync("shellcheck", [.. Directory.GetFiles(Template.Folder, "*.sh")]);

        exitCode.ShouldBe(0, output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string tool, string[] arguments)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
        // Not in strict mode either: a machine without Python or Haskell tests everything else. CI has both.
        Assert.SkipUnless(found, $"{tool} is not on PATH");
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
