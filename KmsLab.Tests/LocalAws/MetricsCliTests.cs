using System.Globalization;

namespace KmsLab.Tests.LocalAws;

/// <summary>CloudWatch and SNS by the aws CLI: Debian's speaks Query, a current one rpc-v2-cbor.</summary>
public sealed class MetricsCliTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    public static TheoryData<string> Clis => AwsCli.Paths;

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Metrics_and_alarms_work_from_the_command_line(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(fixture.Host.Url));
        var name = $"alarm-{Guid.NewGuid():N}";
        var now = TimeProvider.System.GetUtcNow();
        await aws.RunAsync("cloudwatch", "put-metric-data", "--namespace", name, "--metric-data", "MetricName=Calls,Dimensions=[{Name=Key,Value=k}],Values=1,2,Counts=3,1,Unit=Count,StorageResolution=1");

        (await aws.RunAsync("cloudwatch", "list-metrics", "--namespace", name))!["Metrics"]![0]!["Dimensions"]![0]!["Value"]!.GetValue<string>().ShouldBe("k");
        var statistics = await aws.RunAsync(
            "cloudwatch", "get-metric-statistics", "--namespace", name, "--metric-name", "Calls", "--dimensions", "Name=Key,Value=k", "--period", "3600", "--statistics", "Sum", "SampleCount",
            "--start-time", Instant(now.AddHours(-2)), "--end-time", Instant(now.AddHours(2)));
        (statistics!["Datapoints"]![0]!["Sum"]!.GetValue<double>(), statistics["Datapoints"]![0]!["SampleCount"]!.GetValue<double>(), statistics["Datapoints"]![0]!["Unit"]!.GetValue<string>()).ShouldBe((5, 4, "Count"));

        await aws.RunAsync(
            "cloudwatch", "put-metric-alarm", "--alarm-name", name, "--namespace", name, "--metric-name", "Calls", "--dimensions", "Name=Key,Value=k", "--statistic", "Sum", "--period", "60",
            "--evaluation-periods", "2", "--datapoints-to-alarm", "1", "--threshold", "0.5", "--comparison-operator", "GreaterThanThreshold", "--treat-missing-data", "notBreaching", "--tags", "Key=team,Value=red");
        var alarm = (await aws.RunAsync("cloudwatch", "describe-alarms", "--alarm-names", name))!["MetricAlarms"]![0]!;
        (alarm["Threshold"]!.GetValue<double>(), alarm["DatapointsToAlarm"]!.GetValue<int>(), alarm["ActionsEnabled"]!.GetValue<bool>()).ShouldBe((0.5, 1, true));
        (await aws.RunAsync("cloudwatch", "describe-alarms-for-metric", "--namespace", name, "--metric-name", "Calls", "--dimensions", "Name=Key,Value=k"))!["MetricAlarms"]!.AsArray().Count.ShouldBe(1);
        (await aws.RunAsync("cloudwatch", "list-tags-for-resource", "--resource-arn", alarm["AlarmArn"]!.GetValue<string>()))!["Tags"]![0]!["Value"]!.GetValue<string>().ShouldBe("red");

        await aws.RunAsync("cloudwatch", "disable-alarm-actions", "--alarm-names", name);
        await aws.RunAsync("cloudwatch", "set-alarm-state", "--alarm-name", name, "--state-value", "ALARM", "--state-reason", "drill");
        var history = await aws.RunAsync("cloudwatch", "describe-alarm-history", "--alarm-name", name);
        history!["AlarmHistoryItems"]!.AsArray().Select(item => item!["HistoryItemType"]!.GetValue<string>()).ShouldContain("StateUpdate");
        await aws.RunAsync("cloudwatch", "delete-alarms", "--alarm-names", name);
        (await aws.FailAsync("cloudwatch", "set-alarm-state", "--alarm-name", name, "--state-value", "OK", "--state-reason", "gone")).ShouldContain("ResourceNotFound");
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Topics_work_from_the_command_line(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(fixture.Host.Url));
        var name = $"topic-{Guid.NewGuid():N}";
        var topic = (await aws.RunAsync("sns", "create-topic", "--name", name))!["TopicArn"]!.GetValue<string>();

        (await aws.RunAsync("sns", "subscribe", "--topic-arn", topic, "--protocol", "email", "--notification-endpoint", "ops@example.org"))!["SubscriptionArn"]!.GetValue<string>().ShouldBe("pending confirmation");
        (await aws.RunAsync("sns", "list-subscriptions-by-topic", "--topic-arn", topic))!["Subscriptions"]![0]!["SubscriptionArn"]!.GetValue<string>().ShouldBe("PendingConfirmation");
        (await aws.RunAsync("sns", "publish", "--topic-arn", topic, "--message", "hello", "--message-attributes", """{"k":{"DataType":"String","StringValue":"v"}}"""))!["MessageId"].ShouldNotBeNull();
        (await aws.RunAsync("sns", "get-topic-attributes", "--topic-arn", topic))!["Attributes"]!["SubscriptionsPending"]!.GetValue<string>().ShouldBe("1");
        await aws.RunAsync("sns", "delete-topic", "--topic-arn", topic);
        (await aws.FailAsync("sns", "publish", "--topic-arn", topic, "--message", "hello")).ShouldContain("NotFound");
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Queues_work_from_the_command_line(string path)
    {
        AwsCli.Require(path);
        var aws = new AwsCli(path, new(fixture.Host.Url));
        var name = $"queue-{Guid.NewGuid():N}";
        var queue = (await aws.RunAsync("sqs", "create-queue", "--queue-name", name, "--attributes", "VisibilityTimeout=60", "--tags", "team=red"))!["QueueUrl"]!.GetValue<string>();

        await aws.RunAsync("sqs", "send-message", "--queue-url", queue, "--message-body", "körner", "--message-attributes", """{"k":{"DataType":"String","StringValue":"v"}}""");
        var message = (await aws.RunAsync("sqs", "receive-message", "--queue-url", queue, "--attribute-names", "All", "--message-attribute-names", "All", "--wait-time-seconds", "1"))!["Messages"]![0]!;
        (message["Body"]!.GetValue<string>(), message["MessageAttributes"]!["k"]!["StringValue"]!.GetValue<string>()).ShouldBe(("körner", "v"));
        await aws.RunAsync("sqs", "delete-message", "--queue-url", queue, "--receipt-handle", message["ReceiptHandle"]!.GetValue<string>());
        (await aws.RunAsync("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All"))!["Attributes"]!["VisibilityTimeout"]!.GetValue<string>().ShouldBe("60");
        (await aws.RunAsync("sqs", "list-queue-tags", "--queue-url", queue))!["Tags"]!["team"]!.GetValue<string>().ShouldBe("red");
        await aws.RunAsync("sqs", "delete-queue", "--queue-url", queue);
        (await aws.FailAsync("sqs", "receive-message", "--queue-url", queue)).ShouldContain("NonExistentQueue");
    }

    private static string Instant(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
