using System.Text;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using KmsLab.Sentinel.Sources;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>A log group that is read by several patterns, against LocalAws over HTTP: nothing is left out, and no stamp is taken for complete too early.</summary>
public sealed class SeveralPatternsTests
{
    private const int Records = 120;
    private const string Group = "several";
    private const string Stream = "111122223333_CloudTrail_eu-west-1";

    private static readonly string[] Services = [.. Enumerable.Range(0, 60).Select(number => $"{(char)('a' + (number % 26))}{(char)('A' + (number / 26))}service0.amazonaws.com")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_finds_the_records_of_all_services_and_completes_no_more_than_all_patterns_have()
    {
        LogPatterns.OfServices(Services).Count.ShouldBe(3);
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        using var logs = new AmazonCloudWatchLogsClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        await WriteAsync(logs, start);
        using var pacer = new CallPacer(1000, TimeProvider.System);
        var source = new CloudWatchLogsSource(logs, Group, Services, new([]), pacer);
        await using var pass = new Pass(new(TimeProvider.System.GetUtcNow(), start.AddMinutes(-1)), source.ReadAsync(start.AddMinutes(-1), Cancellation).GetAsyncEnumerator(Cancellation));

        var read = new HashSet<int>();
        while (await pass.NextAsync() is { } page)
        {
            foreach (var item in page.Events)
                read.Add(int.Parse(CloudTrailName(item.Utf8), System.Globalization.CultureInfo.InvariantCulture)).ShouldBeTrue("each record comes once");
            if (pass.Reached is { } reached)
                Enumerable.Range(0, Records).Where(number => start.AddSeconds(number) < reached.AddSeconds(-1)).ShouldAllBe(number => read.Contains(number));
        }

        read.Count.ShouldBe(Records);
        pass.Pages.ShouldBeGreaterThan(3);
    }

    private static string CloudTrailName(ReadOnlyMemory<byte> record) => System.Text.Json.JsonDocument.Parse(record).RootElement.GetProperty("eventName").GetString()!;

    /// <summary>Long ones, so that a page of 1 MB does not hold them all.</summary>
    private static async Task WriteAsync(AmazonCloudWatchLogsClient logs, DateTimeOffset start)
    {
        await logs.CreateLogGroupAsync(new() { LogGroupName = Group }, Cancellation);
        await logs.CreateLogStreamAsync(new() { LogGroupName = Group, LogStreamName = Stream }, Cancellation);
        foreach (var batch in Enumerable.Range(0, Records).Chunk(10))
        {
            await logs.PutLogEventsAsync(
                new()
                {
                    LogGroupName = Group,
                    LogStreamName = Stream,
                    LogEvents = [.. batch.Select(number => new InputLogEvent
                    {
                        Timestamp = start.AddSeconds(number).UtcDateTime,
                        Message = Encoding.UTF8.GetString(DetectionBench.Call(Services[number % Services.Length].Split('.')[0], $"{number}", new() { ["padding"] = new string('x', 60_000) }).Utf8()),
                    })],
                },
                Cancellation);
        }
    }
}
