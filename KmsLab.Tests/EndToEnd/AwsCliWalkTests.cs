using System.Text.Json.Nodes;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.EndToEnd;

/// <summary>What the README tells its readers to type, with the real command line.</summary>
public sealed class AwsCliWalkTests
{
    public static TheoryData<string> Clis => AwsCli.Paths;

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Each_KMS_call_is_on_the_trail_that_the_CLI_reads(string path)
    {
        AwsCli.Require(path);
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        var aws = new AwsCli(path, lab.LocalAws);
        var key = await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        using var read = await lab.DecryptAsync("Andy Jassy", key);
        using var refused = await lab.DecryptAsync("Andy Jassy", "a guess");

        var records = await RecordsAsync(aws);

        var calls = records.Where(r => Text(r, "userIdentity", "sessionContext", "sessionIssuer", "arn") == "arn:aws:iam::000000000000:role/kmslab-cryptoapi").ToList();
        // One for the text, and one at CryptoApi's very first start, for the decoy record.
        calls.Count(r => Text(r, "eventName") == "Encrypt" && r["errorCode"] is null).ShouldBe(2);
        calls.Count(r => Text(r, "eventName") == "Decrypt" && r["errorCode"] is null).ShouldBe(1);
        calls.Count(r => Text(r, "eventName") == "Decrypt" && Text(r, "errorCode") == "InvalidCiphertextException").ShouldBe(1);
        calls.ShouldAllBe(r => Text(r, "eventSource") == "kms.amazonaws.com" && Text(r, "eventType") == "AwsApiCall");
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Keys_are_listed_described_and_used(string path)
    {
        AwsCli.Require(path);
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        var aws = new AwsCli(path, lab.LocalAws);

        var keys = (await aws.RunAsync("kms", "list-keys"))!["Keys"]!.AsArray();
        var described = (await aws.RunAsync("kms", "describe-key", "--key-id", "alias/kmslab"))!["KeyMetadata"]!;
        // From a file, because the two generations of the CLI read a literal differently: as text, and as base64.
        var (text, blob) = (folder["text"], folder["blob"]);
        await File.WriteAllTextAsync(text, "hello", TestContext.Current.CancellationToken);
        var encrypted = (await aws.RunAsync("kms", "encrypt", "--key-id", "alias/kmslab", "--plaintext", $"fileb://{text}"))!;
        await File.WriteAllBytesAsync(blob, Convert.FromBase64String(Text(encrypted, "CiphertextBlob")!), TestContext.Current.CancellationToken);
        var decrypted = (await aws.RunAsync("kms", "decrypt", "--ciphertext-blob", $"fileb://{blob}"))!;

        keys.Select(k => Text(k!, "KeyArn")).ShouldContain(Text(described, "Arn"));
        Text(described, "KeyState").ShouldBe("Enabled");
        Text(decrypted, "KeyId").ShouldBe(Text(described, "Arn"));
        Text(decrypted, "Plaintext").ShouldBe("aGVsbG8=");
    }

    private static async Task<List<JsonNode>> RecordsAsync(AwsCli aws)
    {
        var answer = await aws.RunAsync("logs", "filter-log-events", "--log-group-name", "kmslab-trail");
        return [.. answer!["events"]!.AsArray().Select(e => JsonNode.Parse(Text(e!, "message")!)!)];
    }

    private static string? Text(JsonNode node, params string[] path)
    {
        JsonNode? at = node;
        foreach (var name in path)
            at = at?[name];
        return at?.GetValue<string>();
    }
}
