using System.Net;
using Amazon.CloudTrail;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

/// <summary>Calls that are throttled because <c>LocalAws:Limits</c> says so.</summary>
public sealed class LimitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWSs_own_limits_hold_for_each_operation_and_Region()
    {
        var time = new FakeTimeProvider(new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Limits:Aws", "true")], time);
        using var trail = new AmazonCloudTrailClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudTrailConfig()));
        using var elsewhere = new AmazonCloudTrailClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudTrailConfig(), "eu-west-1"));
        using var kms = aws.Kms();

        await trail.LookupEventsAsync(new(), Cancel);
        await trail.LookupEventsAsync(new(), Cancel);
        var third = await Should.ThrowAsync<AmazonCloudTrailException>(() => trail.LookupEventsAsync(new(), Cancel));
        await elsewhere.LookupEventsAsync(new(), Cancel);
        for (var i = 0; i < 5; i++)
            await kms.CreateKeyAsync(new(), Cancel);
        var sixth = await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.CreateKeyAsync(new(), Cancel));
        await kms.ListKeysAsync(new(), Cancel);
        time.Advance(TimeSpan.FromSeconds(0.5));
        await trail.LookupEventsAsync(new(), Cancel);

        (third.ErrorCode, third.Message, third.StatusCode).ShouldBe(("ThrottlingException", "Rate exceeded", HttpStatusCode.BadRequest));
        (sixth.ErrorCode, sixth.Message).ShouldBe(("ThrottlingException", "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."));
        await Should.ThrowAsync<AmazonCloudTrailException>(() => trail.LookupEventsAsync(new(), Cancel));
    }

    [Fact]
    public async Task Bytes_of_answers_are_limited_too()
    {
        var time = new FakeTimeProvider(new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync(
            [("LocalAws:Limits:Rules:0:Actions:0", "logs:FilterLogEvents"), ("LocalAws:Limits:Rules:0:BytesPerSecond", "1000")], time);
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        await logs.CreateLogGroupAsync(new() { LogGroupName = "g" }, Cancel);
        await logs.CreateLogStreamAsync(new() { LogGroupName = "g", LogStreamName = "s" }, Cancel);
        await logs.PutLogEventsAsync(
            new() { LogGroupName = "g", LogStreamName = "s", LogEvents = [new() { Message = new string('x', 3000), Timestamp = time.GetUtcNow().UtcDateTime }] }, Cancel);
        var filter = new FilterLogEventsRequest { LogGroupName = "g" };

        (await logs.FilterLogEventsAsync(filter, Cancel)).Events.ShouldHaveSingleItem();
        (await Should.ThrowAsync<AmazonCloudWatchLogsException>(() => logs.FilterLogEventsAsync(filter, Cancel))).ErrorCode.ShouldBe("ThrottlingException");
        time.Advance(TimeSpan.FromSeconds(1)); // Some 3,100 bytes were answered: two seconds are overdrawn.
        await Should.ThrowAsync<AmazonCloudWatchLogsException>(() => logs.FilterLogEventsAsync(filter, Cancel));
        time.Advance(TimeSpan.FromSeconds(2));
        (await logs.FilterLogEventsAsync(filter, Cancel)).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Bytes_of_requests_are_limited_too()
    {
        var time = new FakeTimeProvider(new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync(
            [("LocalAws:Limits:Rules:0:Actions:0", "logs:PutLogEvents"), ("LocalAws:Limits:Rules:0:RequestBytesPerSecond", "1000")], time);
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        await logs.CreateLogGroupAsync(new() { LogGroupName = "g" }, Cancel);
        await logs.CreateLogStreamAsync(new() { LogGroupName = "g", LogStreamName = "s" }, Cancel);
        var put = new PutLogEventsRequest
        {
            LogGroupName = "g",
            LogStreamName = "s",
            LogEvents = [new() { Message = new string('x', 3000), Timestamp = time.GetUtcNow().UtcDateTime }],
        };

        await logs.PutLogEventsAsync(put, Cancel);
        (await Should.ThrowAsync<AmazonCloudWatchLogsException>(() => logs.PutLogEventsAsync(put, Cancel))).ErrorCode.ShouldBe("ThrottlingException");
        time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<AmazonCloudWatchLogsException>(() => logs.PutLogEventsAsync(put, Cancel));
        time.Advance(TimeSpan.FromSeconds(2));
        await logs.PutLogEventsAsync(put, Cancel);

        (await logs.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancel)).Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Rule_of_the_labs_own_comes_before_AWSs_and_Query_says_Throttling()
    {
        await using var aws = await LocalAwsHost.StartAsync(
            [("LocalAws:Limits:Aws", "true"), ("LocalAws:Limits:Rules:0:Actions:0", "sns:*"), ("LocalAws:Limits:Rules:0:RequestsPerSecond", "0.001")]);

        using var first = await aws.PostQueryAsync("sns", "Action=ListTopics");
        using var second = await aws.PostQueryAsync("sns", "Action=CreateTopic&Name=t");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>Throttling</Code><Message>Rate exceeded</Message>");
    }

    [Fact]
    public async Task Nothing_is_limited_unless_it_is_asked_for()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var trail = new AmazonCloudTrailClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudTrailConfig()));

        for (var i = 0; i < 20; i++)
            await trail.LookupEventsAsync(new(), Cancel);
    }

    [Theory]
    [InlineData("LocalAws:Limits:Rules:0:RequestsPerSecond", "5", "Actions is empty")]
    [InlineData("LocalAws:Limits:Rules:0:Actions:0", "kms:*", "RequestsPerSecond or BytesPerSecond")]
    public async Task Wrong_limit_ends_the_start(string key, string value, string message)
    {
        (await Should.ThrowAsync<OptionsValidationException>(() => LocalAwsHost.StartAsync([(key, value)]))).Message.ShouldContain(message);
    }
}
