namespace KmsLab.Tests.LocalAws;

/// <summary>KMS, STS and CloudTrail with the command line as the client.</summary>
public sealed class KmsCliTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    [Theory]
    [MemberData(nameof(AwsCli.Paths), MemberType = typeof(AwsCli))]
    public async Task Cli_encrypts_decrypts_and_reads_the_trail(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new Uri(fixture.Host.Url));

        var keyId = (await aws.RunAsync("kms", "create-key", "--description", "by the CLI"))!["KeyMetadata"]!["KeyId"]!.GetValue<string>();
        var alias = $"alias/{Guid.NewGuid():N}";
        await aws.RunAsync("kms", "create-alias", "--alias-name", alias, "--target-key-id", keyId);
        // Blobs from files: version 1 of the CLI takes text as it is, version 2 as base64.
        var folder = Directory.CreateTempSubdirectory("kmslab-cli-");
        var (plaintext, ciphertext) = (Path.Combine(folder.FullName, "p"), Path.Combine(folder.FullName, "c"));
        await File.WriteAllTextAsync(plaintext, "secret", TestContext.Current.CancellationToken);
        var encrypted = await aws.RunAsync("kms", "encrypt", "--key-id", alias, "--plaintext", $"fileb://{plaintext}", "--encryption-context", "a=1");
        await File.WriteAllBytesAsync(ciphertext, Convert.FromBase64String(encrypted!["CiphertextBlob"]!.GetValue<string>()), TestContext.Current.CancellationToken);
        var decrypted = await aws.RunAsync("kms", "decrypt", "--ciphertext-blob", $"fileb://{ciphertext}", "--encryption-context", "a=1");
        var refused = await aws.FailAsync("kms", "decrypt", "--ciphertext-blob", $"fileb://{ciphertext}");
        folder.Delete(recursive: true);
        var who = await aws.RunAsync("sts", "get-caller-identity");
        var status = await aws.RunAsync("cloudtrail", "get-trail-status", "--name", "kmslab");
        var events = await aws.RunAsync("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=Decrypt", "--max-results", "2");

        decrypted!["Plaintext"]!.GetValue<string>().ShouldBe("c2VjcmV0");
        refused.ShouldContain("InvalidCiphertextException");
        who!["Arn"]!.GetValue<string>().ShouldBe("arn:aws:iam::000000000000:user/lab");
        status!["IsLogging"]!.GetValue<bool>().ShouldBeTrue();
        events!["Events"]!.AsArray().Count.ShouldBe(2);
    }
}
