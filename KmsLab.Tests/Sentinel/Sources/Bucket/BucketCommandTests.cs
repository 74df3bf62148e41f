using Amazon.KeyManagementService.Model;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Sources.Bucket;

/// <summary><c>Sentinel replay s3://...</c> and <c>Sentinel verify s3://...</c> as processes, on what LocalAws delivered.</summary>
public sealed class BucketCommandTests
{
    private const string Account = "AWSLogs/000000000000/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/AWSLogs/000000000000/CloudTrail/us-east-1/")]
    public async Task Replay_of_a_bucket_finds_what_happened(string prefix)
    {
        await using var bed = await TrailBucketBed.StartAsync();
        using var kms = bed.Aws.Kms();
        var key = (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata;
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<InvalidCiphertextException>(kms.DecryptAsync(new() { CiphertextBlob = new([1, 2, 3]), KeyId = key.Arn }, Cancellation));
        await bed.KeysAsync($"{Account}CloudTrail-Digest/", 2);

        var (exitCode, output) = await RunAsync(bed, "replay", $"s3://{TrailBucketBed.Bucket}{prefix}", "--from", "2026-01-01");

        exitCode.ShouldBe(2, output);
        output.ShouldContain("kms-error-burst");
    }

    [Theory]
    [InlineData("s3://trail-bucket", "2026-01-01", "2026-01-02", "There are no files of CloudTrail's records")]
    [InlineData("s3://", null, null, "names no bucket")]
    [InlineData("s3://no-such-bucket", null, null, "bucket")]
    public async Task Replay_that_finds_nothing_there_says_so(string path, string? from, string? to, string problem)
    {
        await using var bed = await TrailBucketBed.StartAsync();
        string[] span = from is null ? [] : ["--from", from, "--to", to!];

        var (exitCode, output) = await RunAsync(bed, ["replay", path, .. span]);

        exitCode.ShouldBe(1, output);
        output.ShouldContain(problem);
        output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Verify_accepts_what_CloudTrail_delivered_and_names_what_was_altered_or_deleted()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await CallAsync(bed);
        await bed.KeysAsync($"{Account}CloudTrail-Digest/", 2);
        await CallAsync(bed);
        var digests = await bed.KeysAsync($"{Account}CloudTrail-Digest/", 5);
        using var stopped = await bed.Aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.StopLogging", """{"Name":"files"}""");
        var files = await bed.DigestedAsync();

        var (clean, said) = await RunAsync(bed, "verify", $"s3://{TrailBucketBed.Bucket}");
        clean.ShouldBe(0, said);
        said.ShouldMatch(@"(\d+) of \1 files as CloudTrail delivered them, 0 problems");

        // What only a deleted digest lists, nobody knows of any more.
        var deleted = await bed.ReadAsync(digests[1]);
        var listed = files.FindAll(file => !deleted.Contains(file, StringComparison.Ordinal));
        await bed.PutAsync(listed[0], TrailBucketBed.Gzip("""{"Records":[]}"""));
        await bed.S3.DeleteObjectAsync(TrailBucketBed.Bucket, digests[1], Cancellation);
        var (broken, problems) = await RunAsync(bed, "verify", $"s3://{TrailBucketBed.Bucket}/AWSLogs/", "--json");
        broken.ShouldBe(2, problems);
        problems.ShouldContain($"s3://{TrailBucketBed.Bucket}/{digests[1]}");
        problems.ShouldContain("the chain of digests is broken");
        problems.ShouldContain(listed[0]);
        problems.ShouldContain("was altered");

        await bed.S3.DeleteObjectAsync(TrailBucketBed.Bucket, listed[0], Cancellation);
        var (_, missing) = await RunAsync(bed, "verify", $"s3://{TrailBucketBed.Bucket}");
        missing.ShouldContain($"s3://{TrailBucketBed.Bucket}/{listed[0]} is missing");
    }

    [Fact]
    public async Task Verify_without_digests_is_no_all_clear()
    {
        await using var bed = await TrailBucketBed.StartAsync(trail: "");
        await CallAsync(bed);
        await bed.KeysAsync($"{Account}CloudTrail/", 1);

        var (exitCode, output) = await RunAsync(bed, "verify", $"s3://{TrailBucketBed.Bucket}");

        exitCode.ShouldBe(4, output);
        output.ShouldContain("no all-clear");
    }

    private static async Task CallAsync(TrailBucketBed bed)
    {
        using var kms = bed.Aws.Kms();
        await kms.CreateKeyAsync(new(), Cancellation);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(TrailBucketBed bed, params string[] arguments)
    {
        Dictionary<string, string> environment = new()
        {
            ["AWS__ServiceURL"] = bed.Aws.Url,
            ["AWS__Region"] = LocalAwsHost.Region,
            ["AWS__AccessKeyId"] = "AKIALABTEST000000000",
        };
        using var program = LabProcess.Start(arguments, environment, "KmsLab.Sentinel");
        return (await program.WaitForExitAsync(), program.Output);
    }
}
