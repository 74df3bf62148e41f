using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>All stacks created, broken, resumed, changed and destroyed in an emulated account, where one is installed.</summary>
public sealed class EmulatorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(25);

    [Fact]
    public async Task Deployment_survives_its_first_failure_and_its_switches_in_an_emulated_account()
    {
        // By request: some 70 seconds of processor time, and many more where others want the processor too. Not in strict mode either: .ci/run installs no emulator.
        Assert.SkipUnless(Environment.GetEnvironmentVariable("KMSLAB_EMULATOR") == "1", "KMSLAB_EMULATOR is not 1");
        var script = Path.Combine(Template.Folder, "test", "emulator.sh");
        Assert.SkipUnless(await CanRunAsync(script), "Moto or the AWS CLI 2 is not installed");

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var (exitCode, output) = await RunAsync(script, [], deadline.Token);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("What the emulator could not show");
    }

    private static async Task<bool> CanRunAsync(string script) => (await RunAsync(script, ["--check"], TestContext.Current.CancellationToken)).ExitCode == 0;

    private static async Task<(int ExitCode, string Output)> RunAsync(string script, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
