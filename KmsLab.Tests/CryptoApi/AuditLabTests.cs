using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.Runtime;
using KmsLab.AppHost.Data;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.CryptoApi;

/// <summary>The lab's own auditor: from a record on the trail to who asked, with the key in the data directory.</summary>
public sealed class AuditLabTests
{
    [Fact]
    public async Task The_lab_s_key_opens_the_audit_of_a_record_on_the_trail()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var refused = await lab.DecryptAsync("nobody", "a guess");
        var requestId = await RequestIdOfDecryptAsync(lab.LocalAws);

        using var http = new HttpClient { BaseAddress = lab.CryptoApi };
        using var closed = await http.GetAsync($"/audit?requestId={requestId}", TestContext.Current.CancellationToken);
        ((int)closed.StatusCode).ShouldBe(401);
        http.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(folder[AuditorKey.FileName], TestContext.Current.CancellationToken));
        var call = await AskAsync(http, requestId);

        call["Client"]!.GetValue<string>().ShouldBe("address:127.0.0.1");
        call["Outcome"]!.GetValue<string>().ShouldBe("InvalidCiphertextException");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(folder[AuditorKey.FileName]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<string> RequestIdOfDecryptAsync(Uri localAws)
    {
        using var logs = new AmazonCloudWatchLogsClient(
            new BasicAWSCredentials("AKIAAUDITTEST", "x"), new AmazonCloudWatchLogsConfig { ServiceURL = localAws.ToString(), AuthenticationRegion = "us-east-1" });
        using var deadline = Deadline();
        while (true)
        {
            var page = await logs.FilterLogEventsAsync(new() { LogGroupName = "kmslab-trail", FilterPattern = "{ $.eventName = \"Decrypt\" }" }, deadline.Token);
            if (page.Events is [{ } found, ..])
                return JsonNode.Parse(found.Message)!["requestID"]!.GetValue<string>();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>The outcome, and with it KMS's request id, is written a moment after the answer.</summary>
    private static async Task<JsonNode> AskAsync(HttpClient http, string requestId)
    {
        using var deadline = Deadline();
        while (true)
        {
            using var answer = await http.GetAsync($"/audit?requestId={requestId}", deadline.Token);
            if (answer.IsSuccessStatusCode)
                return JsonNode.Parse(await answer.Content.ReadAsStringAsync(deadline.Token))!;
            ((int)answer.StatusCode).ShouldBe(404);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
    }

    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        return deadline;
    }
}
