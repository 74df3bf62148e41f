using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using KmsLab.Tests.InProcess;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>The page's files: in another program's output, and published to a folder, they are easily lost, and then answered with nothing.</summary>
public sealed partial class PageFilesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_file_of_the_page_has_content_in_process_and_is_of_this_origin()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var http = new HttpClient { BaseAddress = lab.Sentinel };

        await FilesShouldHaveContentAsync(http);
    }

    [Fact]
    public async Task Each_file_of_the_page_has_content_when_Sentinel_runs_from_a_published_folder_in_another_working_directory()
    {
        using var published = new TempFolder();
        using var data = new TempFolder();
        await PublishAsync(published.Path);
        await using var aws = await LocalAwsHost.StartAsync();
        var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        using var sentinel = LabProcess.Start(
            [
                $"--Sentinel:Url={address}", "--Sentinel:Api:OpenOnLoopback=true", "--Sentinel:LogGroups:0=kmslab-trail",
                "--Sentinel:Database=Sqlite", $"--ConnectionStrings:sentinel=Data Source={data["sentinel.db"]}",
                $"--AWS:ServiceURL={aws.Url}", $"--AWS:Region={LocalAwsHost.Region}",
                "--AWS:AccessKeyId=AKIALABSENTINEL00000", "--AWS:SecretAccessKey=secret",
            ],
            program: published["KmsLab.Sentinel"]);
        await sentinel.WaitForAsync(address);
        using var http = new HttpClient { BaseAddress = address };

        await FilesShouldHaveContentAsync(http);
    }

    private static async Task FilesShouldHaveContentAsync(HttpClient http)
    {
        using var page = await http.GetAsync("/", Cancellation);
        var html = await page.Content.ReadAsStringAsync(Cancellation);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self';");

        var files = File().Matches(html).Select(match => match.Groups[1].Value).Where(file => file.Contains('.', StringComparison.Ordinal)).ToList();
        files.Count.ShouldBeGreaterThan(7);
        foreach (var file in files.Append("/js/viewer.js").Append("/css/login.css"))
        {
            file.ShouldNotContain("//");
            using var answer = await http.GetAsync($"/{file.TrimStart('/')}", Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length.ShouldBeGreaterThan(100, file);
        }
    }

    /// <summary>Of what is built already: the tests refer to Sentinel.</summary>
    private static async Task PublishAsync(string folder)
    {
        var project = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "KmsLab.Sentinel"));
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "--no-build", "-c", configuration, "-o", folder, "-v", "q"]) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync(Cancellation);
        await publish.WaitForExitAsync(Cancellation);
        publish.ExitCode.ShouldBe(0, output);
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    [GeneratedRegex("""<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"[^>]*>""")]
    private static partial Regex File();
}
