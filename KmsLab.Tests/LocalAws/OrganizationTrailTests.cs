using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.S3;

namespace KmsLab.Tests.LocalAws;

/// <summary>Several accounts at one endpoint, and the trail of their organization.</summary>
public sealed class OrganizationTrailTests : IAsyncLifetime
{
    private const string Organization = "o-exampleorg1";
    private const string Member = "111122223333";
    private const string Stranger = "444455556666";
    private const string MemberKey = "AKIAMEMBER0000000000";
    private const string StrangerKey = "AKIASTRANGER00000000";

    private LocalAwsHost _aws = null!;
    private AmazonS3Client _s3 = null!;

    public static TheoryData<string> Clis => AwsCli.Paths;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync(
        [
            ("LocalAws:Trail:Name", ""), ("LocalAws:TrailFiles:Interval", "00:00:01"), ("LocalAws:TrailFiles:DigestInterval", "00:00:02"),
            ("LocalAws:Organization:Id", Organization), ("LocalAws:Organization:Accounts:0", Member),
            ("LocalAws:Principals:0:AccessKeyId", MemberKey), ("LocalAws:Principals:0:Arn", $"arn:aws:iam::{Member}:user/mia"),
            ("LocalAws:Principals:1:AccessKeyId", StrangerKey), ("LocalAws:Principals:1:Arn", $"arn:aws:iam::{Stranger}:user/sam"),
        ]);
        _s3 = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonS3Config { ForcePathStyle = true }));
        await _s3.PutBucketAsync("org-bucket", Cancel);
        await CallAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"org"}""");
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Keys_belong_to_the_account_of_their_creator_which_a_session_changes()
    {
        using var own = _aws.Kms();
        using var member = _aws.Kms(new BasicAWSCredentials(MemberKey, "s"));
        var key = (await member.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;

        key.Arn.ShouldContain($":{Member}:key/");
        await Should.ThrowAsync<NotFoundException>(() => own.DescribeKeyAsync(key.KeyId, Cancel));
        using var sts = _aws.Sts();
        var session = (await sts.AssumeRoleAsync(new() { RoleArn = $"arn:aws:iam::{Member}:role/admin", RoleSessionName = "s1" }, Cancel)).Credentials;
        using var assumed = _aws.Kms(new SessionAWSCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken));
        (await assumed.DescribeKeyAsync(key.KeyId, Cancel)).KeyMetadata.Arn.ShouldBe(key.Arn);
        (await sts.GetAccessKeyInfoAsync(new() { AccessKeyId = session.AccessKeyId }, Cancel)).Account.ShouldBe(Member);
    }

    [Fact]
    public async Task Buckets_and_queues_of_another_account_are_closed_unless_a_policy_opens_them()
    {
        using var member = new AmazonS3Client(new BasicAWSCredentials(MemberKey, "s"), _aws.Configure(new AmazonS3Config { ForcePathStyle = true }));
        (await Should.ThrowAsync<AmazonS3Exception>(() => member.ListObjectsV2Async(new() { BucketName = "org-bucket" }, Cancel))).ErrorCode.ShouldBe("AccessDenied");
        await _s3.PutBucketPolicyAsync(new() { BucketName = "org-bucket", Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::org-bucket"}]}""" }, Cancel);
        (await member.ListObjectsV2Async(new() { BucketName = "org-bucket" }, Cancel)).KeyCount.ShouldBe(0);
        (await member.ListBucketsAsync(Cancel)).Buckets.ShouldBeNull();

        var url = (await CallAsync("sqs", "AmazonSQS.CreateQueue", """{"QueueName":"q"}"""))["QueueUrl"]!.GetValue<string>();
        (await ErrorAsync("sqs", "AmazonSQS.SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"b"}""", MemberKey)).ShouldBe("AccessDeniedException");
        await CallAsync("sqs", "AmazonSQS.SetQueueAttributes", $$$"""{"QueueUrl":"{{{url}}}","Attributes":{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}}""");
        await CallAsync("sqs", "AmazonSQS.SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"b"}""", MemberKey);
    }

    [Fact]
    public async Task Records_of_all_accounts_come_into_the_log_group_and_the_bucket_under_the_organizations_names()
    {
        await TrailAsync();
        foreach (var key in (string[])[LocalAwsHost.Credentials.GetCredentials().AccessKey, MemberKey, StrangerKey])
        {
            using var kms = _aws.Kms(new BasicAWSCredentials(key, "s"));
            await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel);
        }

        var delivered = _aws.Delivered("org").Where(item => item.Record.GetProperty("eventName").GetString() == "CreateKey").ToList();
        delivered.Select(item => item.Stream).ShouldBe(
            [$"{Organization}_{LocalAwsHost.Account}_CloudTrail_us-east-1", $"{Organization}_{Member}_CloudTrail_us-east-1"], ignoreOrder: true);
        delivered.Select(item => item.Record.GetProperty("recipientAccountId").GetString()).ShouldBe([LocalAwsHost.Account, Member], ignoreOrder: true);
        var files = await KeysAsync($"AWSLogs/{Organization}/{Member}/CloudTrail/us-east-1/", 1);
        files[0].ShouldContain($"/{Member}_CloudTrail_us-east-1_");
        (await ReadAsync(files[0])).ShouldContain($"\"recipientAccountId\":\"{Member}\"");
        var digests = await KeysAsync($"AWSLogs/{Organization}/{Member}/CloudTrail-Digest/us-east-1/", 1);
        digests[0].ShouldContain($"/{Member}_CloudTrail-Digest_us-east-1_org_us-east-1_");
        JsonNode.Parse(await ReadAsync(digests[0]))!["awsAccountId"]!.GetValue<string>().ShouldBe(Member);
    }

    [Fact]
    public async Task Members_see_the_trail_and_can_not_change_it()
    {
        var arn = await TrailAsync();

        var seen = await CallAsync("cloudtrail", "CloudTrail_20131101.DescribeTrails", "{}", MemberKey);
        seen["trailList"]!.AsArray().Single()!["IsOrganizationTrail"]!.GetValue<bool>().ShouldBeTrue();
        (await ErrorAsync("cloudtrail", "CloudTrail_20131101.StopLogging", $$"""{"Name":"{{arn}}"}""", MemberKey)).ShouldBe("NotOrganizationMasterAccountException");
        (await ErrorAsync("cloudtrail", "CloudTrail_20131101.DeleteTrail", $$"""{"Name":"{{arn}}"}""", MemberKey)).ShouldBe("NotOrganizationMasterAccountException");
        (await CallAsync("cloudtrail", "CloudTrail_20131101.DescribeTrails", "{}", StrangerKey))["trailList"]!.AsArray().ShouldBeEmpty();
        (await ErrorAsync("cloudtrail", "CloudTrail_20131101.CreateTrail", """{"Name":"mine","S3BucketName":"b-1","IsOrganizationTrail":true}""", MemberKey)).ShouldBe("NotOrganizationMasterAccountException");
        (await ErrorAsync("cloudtrail", "CloudTrail_20131101.CreateTrail", """{"Name":"mine","S3BucketName":"b-1","IsOrganizationTrail":true}""", StrangerKey)).ShouldBe("OrganizationsNotInUseException");
    }

    [Fact]
    public async Task Organization_is_described_to_its_accounts_alone()
    {
        var described = (await CallAsync("organizations", "AWSOrganizationsV20161128.DescribeOrganization", "{}", MemberKey))["Organization"]!;

        described["Id"]!.GetValue<string>().ShouldBe(Organization);
        described["MasterAccountId"]!.GetValue<string>().ShouldBe(LocalAwsHost.Account);
        (await ErrorAsync("organizations", "AWSOrganizationsV20161128.DescribeOrganization", "{}", StrangerKey)).ShouldBe("AWSOrganizationsNotInUseException");
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Aws_cloudtrail_validate_logs_accepts_a_members_files(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(_aws.Url));
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var arn = await TrailAsync();
        using (var kms = _aws.Kms(new BasicAWSCredentials(MemberKey, "s")))
            await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel);
        await KeysAsync($"AWSLogs/{Organization}/{Member}/CloudTrail-Digest/", 2);

        var told = await aws.TextAsync("cloudtrail", "validate-logs", "--trail-arn", arn, "--account-id", Member, "--start-time", begin, "--verbose");

        Assert.SkipWhen(told.Contains("amazonaws.com", StringComparison.Ordinal), "this aws CLI doesn't know AWS_ENDPOINT_URL");
        told.ShouldMatch(@"([1-9]\d*)/\1 digest files valid");
        told.ShouldMatch(@"([1-9]\d*)/\1 log files valid");
        told.ShouldNotContain("INVALID");
    }

    private async Task<string> TrailAsync()
    {
        var created = await CallAsync("cloudtrail", "CloudTrail_20131101.CreateTrail", $$"""
            {"Name":"org","S3BucketName":"org-bucket","IsOrganizationTrail":true,"IsMultiRegionTrail":true,"EnableLogFileValidation":true,
             "CloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:{{LocalAwsHost.Account}}:log-group:org:*","CloudWatchLogsRoleArn":"arn:aws:iam::{{LocalAwsHost.Account}}:role/trail"}
            """);
        await CallAsync("cloudtrail", "CloudTrail_20131101.StartLogging", """{"Name":"org"}""");
        return created["TrailARN"]!.GetValue<string>();
    }

    private async Task<List<string>> KeysAsync(string prefix, int count)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var keys = (await _s3.ListObjectsV2Async(new() { BucketName = "org-bucket", Prefix = prefix }, timeout.Token)).S3Objects?.ConvertAll(item => item.Key) ?? [];
            if (keys.Count >= count)
                return keys;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, timeout.Token);
        }
    }

    private async Task<string> ReadAsync(string key)
    {
        using var response = await _s3.GetObjectAsync("org-bucket", key, Cancel);
        await using var unpacked = new GZipStream(response.ResponseStream, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync(Cancel);
    }

    private async Task<JsonNode> CallAsync(string service, string target, string body, string? accessKey = null)
    {
        using var response = await _aws.PostJsonAsync(service, target, body, accessKey);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private async Task<string> ErrorAsync(string service, string target, string body, string? accessKey = null)
    {
        using var response = await _aws.PostJsonAsync(service, target, body, accessKey);
        response.IsSuccessStatusCode.ShouldBeFalse();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["__type"]!.GetValue<string>();
    }
}
