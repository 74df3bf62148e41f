using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>The linters' own opinion, where they are on PATH.</summary>
public sealed class LintTests
{
    [Fact]
    public async Task Templates_are_clean_for_cfn_lint()
    {
        // Not in strict mode either: a machine without Python's package tests everything else. CI at the project's home has it.
        Assert.SkipUnless(Has("cfn-lint"), "cfn-lint is not on PATH");

        var (exitCode, output) = await RunAsync("cfn-lint", [.. Template.All.Keys.Select(name => Path.Combine(Template.Folder, name))]);

        exitCode.ShouldBe(0, output);
    }

    [Fact]
    public async Task Scripts_are_clean_for_shellcheck()
    {
        Strict.Require(Has("shellcheck"), "shellcheck is not on PATH");

        var (exitCode, output) = await RunAsync("shellcheck", [.. Scripts()]);

        exitCode.ShouldBe(0, output);
    }

    /// <summary>All scripts of the repository.</summary>
    private static IEnumerable<string> Scripts()
    {
        var root = Path.Combine(Template.Folder, "..");
        return [.. Directory.GetFiles(Template.Folder, "*.sh", SearchOption.AllDirectories), .. Directory.GetFiles(Path.Combine(root, "docs"), "*.sh"), Path.Combine(root, ".ci", "run")];
    }

    private static bool Has(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static async Task<(int ExitCode, string Output)> RunAsync(string tool, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
