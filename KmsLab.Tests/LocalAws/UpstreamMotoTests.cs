using System.Net;
using System.Text.Json.Nodes;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.Simulator;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.LocalAws;

/// <summary>LocalAws in front of an emulator that nobody here wrote, as it stands in front of LocalStack.</summary>
public sealed class UpstreamMotoTests
{
    private const string LabAccount = "000000000000";
    private const string MotoAccount = "123456789012";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Account_is_the_upstreams()
    {
        await using var moto = await MotoServer.StartAsync();
        await using var front = await LocalAwsHost.StartAsync(
            [("LocalAws:Upstream", moto.Url), ("LocalAws:Principals:0:AccessKeyId", "AKIAAPP"), ("LocalAws:Principals:0:Arn", $"arn:aws:sts::{LabAccount}:assumed-role/app/s")]);
        using var kms = front.Kms(new BasicAWSCredentials("AKIAAPP", "x"));

        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation)).KeyMetadata;

        key.AWSAccountId.ShouldBe(MotoAccount);
        var record = (await RecordsAsync(moto, 1)).ShouldHaveSingleItem();
        record["recipientAccountId"]!.GetValue<string>().ShouldBe(MotoAccount);
        record["userIdentity"]!["arn"]!.GetValue<string>().ShouldBe($"arn:aws:sts::{MotoAccount}:assumed-role/app/s");
        record["resources"]![0]!["ARN"]!.GetValue<string>().ShouldBe(key.Arn);
        using var trail = Trail(front);
        (await trail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = $"arn:aws:cloudtrail:us-east-1:{MotoAccount}:trail/kmslab" }, Cancellation)).IsLogging.ShouldBe(true);
    }

    [Fact]
    public async Task Upstream_that_is_away_at_start_leaves_the_configured_account()
    {
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", "http://127.0.0.1:9"), ("LocalAws:AccountId", "111122223333")]);
        using var trail = Trail(front);

        var trails = (await trail.DescribeTrailsAsync(new DescribeTrailsRequest(), Cancellation)).TrailList;

        trails.ShouldHaveSingleItem().TrailARN.ShouldContain("111122223333");
    }

    [Fact]
    public async Task Session_of_a_role_is_that_role_on_the_trail()
    {
        await using var moto = await MotoServer.StartAsync();
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", moto.Url)]);
        using var sts = front.Sts();
        var role = $"arn:aws:iam::{MotoAccount}:role/auditor";

        var credentials = (await sts.AssumeRoleAsync(new() { RoleArn = role, RoleSessionName = "night" }, Cancellation)).Credentials;
        using var kms = front.Kms(new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        await kms.ListKeysAsync(new ListKeysRequest(), Cancellation);

        var records = await RecordsAsync(moto, 2);
        var assumed = records.Single(record => Text(record, "eventName") == "AssumeRole");
        assumed["responseElements"]!["credentials"]!["accessKeyId"]!.GetValue<string>().ShouldBe(credentials.AccessKeyId);
        assumed.ToJsonString().ShouldNotContain(credentials.SecretAccessKey);
        records.Single(record => Text(record, "eventName") == "ListKeys")["userIdentity"]!["sessionContext"]!["sessionIssuer"]!["arn"]!.GetValue<string>().ShouldBe(role);
    }

    [Fact]
    public async Task Walk_ends_in_the_alarm_with_its_evidence()
    {
        await using var moto = await MotoServer.StartAsync(LabAccount);
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("LocalAws:Upstream", moto.Url));

        var key = await lab.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
        using var right = await lab.DecryptAsync("Andy Jassy", key);
        using var wrong = await lab.DecryptAsync("Andy Jassy", Wrong(key));
        using var again = await lab.DecryptAsync("Andy Jassy", Wrong(key));

        (right.StatusCode, wrong.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest));
        var alarms = await lab.SentinelAsync("/api/alarms", alarms => Detections(alarms).Contains("kms-error-burst"));
        var alarm = alarms.AsArray().Single(alarm => Text(alarm!, "detection") == "kms-error-burst")!;
        alarm["evidence"]!.AsArray().Select(record => Text(record!, "errorCode")).ShouldAllBe(error => error == "InvalidCiphertextException");
        alarm["evidence"]!.AsArray().Select(record => Text(record!, "principal")).ShouldAllBe(principal => principal == $"arn:aws:iam::{LabAccount}:role/kmslab-cryptoapi");
    }

    [Theory]
    [InlineData("burst-exfiltration", "unattested-call")]
    [InlineData("grant-backdoor", "key-exposure")]
    [InlineData("trail-blinding", "trail-blinding")]
    public async Task Scenario_raises_its_alarm(string scenario, string detection)
    {
        await using var moto = await MotoServer.StartAsync(LabAccount);
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path, ("LocalAws:Upstream", moto.Url));

        await new LiveSimulator(lab.Target, TimeProvider.System).RunAsync(scenario, new LiveSettings(1, Speed: 3000), null, Cancellation);

        await lab.SentinelAsync("/api/alarms", alarms => Detections(alarms).Contains(detection));
    }

    [Fact]
    public async Task Trail_that_is_stopped_delivers_nothing_until_it_is_started_again()
    {
        await using var moto = await MotoServer.StartAsync();
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", moto.Url)]);
        using var kms = front.Kms();
        using var trail = Trail(front);

        await kms.ListKeysAsync(new ListKeysRequest(), Cancellation);
        await trail.StopLoggingAsync(new StopLoggingRequest { Name = "kmslab" }, Cancellation);
        await kms.ListAliasesAsync(new ListAliasesRequest(), Cancellation);
        await trail.StartLoggingAsync(new StartLoggingRequest { Name = "kmslab" }, Cancellation);
        await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);

        (await RecordsAsync(moto, 4)).Select(record => Text(record, "eventName")).ShouldBe(["ListKeys", "StopLogging", "StartLogging", "CreateKey"], ignoreOrder: true);
    }

    [Fact]
    public async Task Restart_of_the_upstream_loses_its_keys_but_no_later_record()
    {
        await using var moto = await MotoServer.StartAsync();
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", moto.Url)]);
        using var kms = front.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation)).KeyMetadata.KeyId;
        await RecordsAsync(moto, 1);

        await moto.StopAsync();
        (await Should.ThrowAsync<AmazonServiceException>(() => kms.ListKeysAsync(new ListKeysRequest(), Cancellation))).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        using var trail = Trail(front);
        await trail.StopLoggingAsync(new StopLoggingRequest { Name = "kmslab" }, Cancellation);
        await trail.StartLoggingAsync(new StartLoggingRequest { Name = "kmslab" }, Cancellation);
        await moto.RestartAsync();
        await Should.ThrowAsync<NotFoundException>(() => kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = key }, Cancellation));

        (await RecordsAsync(moto, 3)).Select(record => Text(record, "eventName")).ShouldBe(["StopLogging", "StartLogging", "DescribeKey"], ignoreOrder: true);
    }

    private static AmazonCloudTrailClient Trail(LocalAwsHost front) => new(LocalAwsHost.Credentials, front.Configure(new AmazonCloudTrailConfig()));

    private static string Wrong(string key) => (key[0] == 'A' ? 'B' : 'A') + key[1..];

    private static IEnumerable<string> Detections(JsonNode alarms) => alarms.AsArray().Select(alarm => Text(alarm!, "detection"));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    /// <summary>The records in moto's log group, once there are as many as expected.</summary>
    private static async Task<List<JsonNode>> RecordsAsync(MotoServer moto, int expected)
    {
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, new AmazonCloudWatchLogsConfig { ServiceURL = moto.Url, AuthenticationRegion = "us-east-1" });
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var records = await ReadAsync(logs);
            if (records.Count >= expected || TimeProvider.System.GetElapsedTime(start) > Patience)
                return records;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    private static async Task<List<JsonNode>> ReadAsync(AmazonCloudWatchLogsClient logs)
    {
        try
        {
            var page = await logs.FilterLogEventsAsync(new FilterLogEventsRequest { LogGroupName = "kmslab-trail" }, Cancellation);
            return [.. (page.Events ?? []).Select(e => JsonNode.Parse(e.Message)!)];
        }
        catch (ResourceNotFoundException)
        {
            return [];
        }
    }
}
