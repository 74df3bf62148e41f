using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>The clients that people use: the .NET SDK's pipeline and every aws CLI on the machine.</summary>
public sealed class LogsClientTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task DotNet_client_writes_and_reads_events()
    {
        using var client = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Host.Configure(new AmazonCloudWatchLogsConfig()));
        var cancellation = TestContext.Current.CancellationToken;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await client.CreateLogGroupAsync(new() { LogGroupName = "sdk" }, cancellation);
        await client.CreateLogStreamAsync(new() { LogGroupName = "sdk", LogStreamName = "s" }, cancellation);
        await client.PutLogEventsAsync(new() { LogGroupName = "sdk", LogStreamName = "s", LogEvents = [new() { Timestamp = now, Message = """{"n":1}""" }, new() { Timestamp = now, Message = """{"n":2}""" }] }, cancellation);

        var found = await client.FilterLogEventsAsync(new() { LogGroupName = "sdk", FilterPattern = "{ $.n > 1 }" }, cancellation);
        var page = await client.GetLogEventsAsync(new() { LogGroupName = "sdk", LogStreamName = "s", StartFromHead = true }, cancellation);

        found.Events.ShouldHaveSingleItem().Message.ShouldBe("""{"n":2}""");
        page.Events.Count.ShouldBe(2);
        await Should.ThrowAsync<ResourceAlreadyExistsException>(() => client.CreateLogGroupAsync(new() { LogGroupName = "sdk" }, cancellation));
        await Should.ThrowAsync<ResourceNotFoundException>(() => client.FilterLogEventsAsync(new() { LogGroupName = "none" }, cancellation));
        (await Should.ThrowAsync<InvalidParameterException>(() => client.FilterLogEventsAsync(new() { LogGroupName = "sdk", FilterPattern = "{ $.n }" }, cancellation))).Message.ShouldContain("expected an operator");
    }

    [Theory]
    [MemberData(nameof(AwsCli.Paths), MemberType = typeof(AwsCli))]
    public async Task Command_line_writes_and_reads_events(string path)
    {
        AwsCli.Require(path);
        var cli = new AwsCli(path, new Uri(aws.Host.Url));
        var group = "cli/" + Guid.NewGuid();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await cli.RunAsync("logs", "create-log-group", "--log-group-name", group, "--tags", "a=b");
        await cli.RunAsync("logs", "create-log-stream", "--log-group-name", group, "--log-stream-name", "s");
        await cli.RunAsync("logs", "put-retention-policy", "--log-group-name", group, "--retention-in-days", "30");
        await cli.RunAsync("logs", "put-log-events", "--log-group-name", group, "--log-stream-name", "s", "--log-events", $"timestamp={now},message=ERROR one", $"timestamp={now + 1},message=two");
        await cli.RunAsync(
            "logs", "put-metric-filter", "--log-group-name", group, "--filter-name", "f", "--filter-pattern", "ERROR",
            "--metric-transformations", "metricName=Errors,metricNamespace=App,metricValue=1,defaultValue=0");

        (await cli.RunAsync("logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", "ERROR"))!["events"]![0]!["message"]!.GetValue<string>().ShouldBe("ERROR one");
        (await cli.RunAsync("logs", "get-log-events", "--log-group-name", group, "--log-stream-name", "s"))!["events"]!.AsArray().Count.ShouldBe(2);
        (await cli.RunAsync("logs", "describe-log-groups", "--log-group-name-prefix", group))!["logGroups"]![0]!["retentionInDays"]!.GetValue<int>().ShouldBe(30);
        (await cli.RunAsync("logs", "describe-metric-filters", "--log-group-name", group))!["metricFilters"]!.AsArray().Count.ShouldBe(1);
        (await cli.RunAsync("logs", "list-tags-log-group", "--log-group-name", group))!["tags"]!["a"]!.GetValue<string>().ShouldBe("b");
        (await cli.FailAsync("logs", "start-query", "--log-group-name", group, "--start-time", "0", "--end-time", "1", "--query-string", "fields @message")).ShouldContain("UnsupportedOperationException");
        await cli.RunAsync("logs", "delete-log-group", "--log-group-name", group);
        (await cli.FailAsync("logs", "describe-log-streams", "--log-group-name", group)).ShouldContain("ResourceNotFoundException");
    }
}
