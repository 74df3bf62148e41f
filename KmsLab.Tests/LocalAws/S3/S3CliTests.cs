using System.Security.Cryptography;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>S3 from the command line: what <c>aws s3</c> does by itself (parts, checksums, listings) and what <c>aws s3api</c> is told.</summary>
public sealed class S3CliTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    public static TheoryData<string> Clis => AwsCli.Paths;

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Files_go_up_and_come_down(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(fixture.Host.Url));
        var bucket = $"bucket-{Guid.NewGuid():N}";
        var folder = Directory.CreateTempSubdirectory("kmslab-s3-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "up", "sub"));
            var large = RandomNumberGenerator.GetBytes(20 * 1024 * 1024);
            await File.WriteAllBytesAsync(Path.Combine(folder, "up", "large.bin"), large, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "up", "sub", "körner und.txt"), "text", TestContext.Current.CancellationToken);

            await aws.RunTextAsync("s3", "mb", $"s3://{bucket}");
            await aws.RunTextAsync("s3", "sync", Path.Combine(folder, "up"), $"s3://{bucket}/copy", "--no-progress");
            (await aws.RunTextAsync("s3", "ls", $"s3://{bucket}/copy/")).ShouldContain("large.bin");
            (await aws.RunTextAsync("s3", "sync", Path.Combine(folder, "up"), $"s3://{bucket}/copy", "--no-progress")).ShouldBe("");
            await aws.RunTextAsync("s3", "cp", $"s3://{bucket}/copy", Path.Combine(folder, "down"), "--recursive", "--no-progress");
            (await File.ReadAllBytesAsync(Path.Combine(folder, "down", "large.bin"), TestContext.Current.CancellationToken)).ShouldBe(large);
            (await File.ReadAllTextAsync(Path.Combine(folder, "down", "sub", "körner und.txt"), TestContext.Current.CancellationToken)).ShouldBe("text");
            await aws.RunTextAsync("s3", "mv", $"s3://{bucket}/copy/large.bin", $"s3://{bucket}/moved.bin", "--no-progress");
            (await aws.RunAsync("s3api", "head-object", "--bucket", bucket, "--key", "moved.bin"))!["ContentLength"]!.GetValue<long>().ShouldBe(large.Length);
            (await aws.FailAsync("s3", "rb", $"s3://{bucket}")).ShouldContain("BucketNotEmpty");
            await aws.RunTextAsync("s3", "rb", $"s3://{bucket}", "--force");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
