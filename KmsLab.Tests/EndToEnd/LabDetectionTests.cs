using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.EndToEnd;

/// <summary>The lab in process as it comes: it catches what it should, and nothing else.</summary>
public sealed class LabDetectionTests
{
    private const string Stranger = "arn:aws:iam::000000000000:user/AKIASTRANGER00000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_decrypt_by_a_stranger_raises_unattested_call_and_nothing_else()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var kms = lab.Kms("AKIASTRANGER00000000");
        var stolen = await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()) }, Cancellation);

        var alarm = (await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0)).AsArray().Single()!;
        await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = stolen.CiphertextBlob }, Cancellation);
        alarm = (await lab.SentinelAsync("/api/alarms", alarms => Operations(alarms.AsArray()[0]!).Contains("Decrypt"))).AsArray().Single()!;

        Text(alarm, "detection").ShouldBe("unattested-call");
        Text(alarm, "severity").ShouldBe("critical");
        Text(alarm["group"]!, "set").ShouldBe("vault");
        Text(alarm["group"]!, "principal").ShouldBe(Stranger);
        Operations(alarm).ShouldBe(["Encrypt", "Decrypt"]);
        Text(alarm, "why").ShouldContain("without the application's proof");
        alarm["runbook"]!.AsArray().Select(step => step!.GetValue<string>())
            .ShouldContain(step => step.StartsWith(
                "aws iam update-access-key --user-name AKIASTRANGER00000000 --access-key-id AKIASTRANGER00000000 --status Inactive --endpoint-url http://127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_of_CryptoApi_used_elsewhere_are_unattested_from_the_first_call()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var stolen = lab.Kms("AKIALABCRYPTOAPI0000");

        await Should.ThrowAsync<Amazon.KeyManagementService.Model.DryRunOperationException>(
            () => stolen.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream("x"u8.ToArray()), DryRun = true }, Cancellation));

        var alarm = (await lab.SentinelAsync("/api/alarms", alarms => alarms.AsArray().Count > 0)).AsArray().Single()!;
        Text(alarm, "detection").ShouldBe("unattested-call");
        Text(alarm["group"]!, "principal").ShouldBe("arn:aws:iam::000000000000:role/kmslab-cryptoapi");
    }

    [Fact]
    public async Task Start_restart_traffic_and_Sentinel_itself_raise_nothing()
    {
        using var folder = new TempFolder();
        string key;
        await using (var before = await InProcessLab.StartAsync(folder.Path, ("CryptoApi:KeyPolicy", "PerRecord")))
        {
            key = await before.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
            for (var name = 0; name < 20; name++)
                await before.EncryptAsync($"name {name}", "text");
            using var right = await before.DecryptAsync("Andy Jassy", key);
            right.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var unknown = await before.DecryptAsync("Nobody", key);
        }

        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var again = await lab.DecryptAsync("Andy Jassy", key);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);

        // Sentinel's own look at the watermark shows that everything up to here was judged.
        var status = await lab.SentinelAsync("/api/status", status => status["attestations"]!["valid"]!.GetValue<long>() >= 24);
        status["attestations"]!["absent"]!.GetValue<long>().ShouldBe(0);
        (await lab.SentinelAsync("/api/alarms")).AsArray().Select(alarm => $"{Text(alarm!, "detection")}: {Text(alarm!, "why")}").ShouldBeEmpty();
    }

    private static readonly string[] Raised = ["key-exposure", "key-tampering", "trail-blinding"];

    [Fact]
    public async Task Key_disabled_and_trail_stopped_by_a_stranger_raise_what_they_should()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var kms = lab.Kms("AKIASTRANGER00000000");
        var key = await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation);

        await kms.DisableKeyAsync(new DisableKeyRequest { KeyId = key.KeyMetadata.KeyId }, Cancellation);
        await kms.PutKeyPolicyAsync(new PutKeyPolicyRequest { KeyId = key.KeyMetadata.KeyId, Policy = Open, BypassPolicyLockoutSafetyCheck = true }, Cancellation);
        await StopLoggingAsync(lab);

        var alarms = await lab.SentinelAsync("/api/alarms", alarms => Raised.All(id => alarms.AsArray().Any(alarm => Text(alarm!, "detection") == id)));
        // Whether the silent trail is told as well by now is a matter of time.
        alarms.AsArray().Select(alarm => Text(alarm!, "detection")).Except([.. Raised, "delivery-silent"]).ShouldBeEmpty();
        alarms.AsArray().Select(alarm => Text(alarm!, "why")).ShouldContain(why => why.Contains("everyone may Decrypt", StringComparison.Ordinal));
    }

    private const string Open = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}""";

    private static async Task StopLoggingAsync(InProcessLab lab)
    {
        using var http = new HttpClient();
        using var body = new StringContent("""{"Name":"kmslab"}""", new MediaTypeHeaderValue("application/x-amz-json-1.1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, lab.LocalAws) { Content = body };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.StopLogging");
        const string Credential = "AKIASTRANGER00000000/20261124/us-east-1/cloudtrail/aws4_request";
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={Credential}, SignedHeaders=host, Signature=00");
        using var answer = await http.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static IEnumerable<string> Operations(JsonNode alarm) => alarm["evidence"]!.AsArray().Select(record => Text(record!, "eventName"));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
