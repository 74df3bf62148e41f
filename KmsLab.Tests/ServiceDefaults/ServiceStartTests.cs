using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>The lines that services print when they start as programs of their own, on SQLite with nothing there yet.</summary>
public sealed class ServiceStartTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    /// <summary>Each message takes two lines of the console.</summary>
    private const int HandfulOfLines = 16;

    [Theory]
    [InlineData("LocalAws", "Application started")]
    [InlineData("CryptoApi", "Data keys are wrapped under", "CryptoApi:Database=Sqlite", "CryptoApi:CreateKey=true")]
    [InlineData(
        "Sentinel",
        "Application started",
        "Sentinel:Database=Sqlite",
        "Sentinel:LogGroups:0=kmslab-trail",
        "Sentinel:Api:OpenOnLoopback=true")]
    public async Task Start_prints_a_handful_of_lines_and_no_warning(string service, string isReady, params string[] settings)
    {
        using var folder = new TempFolder();
        var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        string[] places = service == "LocalAws"
            ? [$"LocalAws:DataDirectory={folder["state"]}"]
            : ServiceProcess.Settings(folder, aws.Host.Url);
        var environment = new Dictionary<string, string> { ["HOME"] = folder.Path };
        using var process = ServiceProcess.Start(service, address, [.. settings, .. places], environment);

        await process.WaitForAsync(isReady); // Asked before, /health says that it isn't, and that is logged.
        process.Signal("TERM");

        (await process.WaitForExitAsync()).ShouldBe(0, process.Output);
        process.Output.ShouldNotContain("warn:");
        process.Output.ShouldNotContain("fail:");
        process.Output.ShouldNotContain("AWSSDK");
        process.Output.ShouldContain("Now listening on");
        process.Output.Split('\n').Length.ShouldBeLessThanOrEqualTo(HandfulOfLines, process.Output);
    }
}
