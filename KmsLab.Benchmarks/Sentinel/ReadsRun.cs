using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.Runtime;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Sentinel;
using KmsLab.Tests.Sentinel.Sources;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>
/// How often a record is read, and how many bytes that takes, over hours of a trail in which nine of ten records are of other services: on LocalAws over HTTP,
/// with a clock that both share and that runs as fast as it can.
/// </summary>
internal static class ReadsRun
{
    private const int HoursBefore = 1;
    private const int HoursMeasured = 3;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static readonly (string Name, int From, int To, bool StampedAtDelivery)[] Deliveries =
    [
        ("at once", 0, 1, false), ("10 to 20 s", 10, 20, false), ("1 to 3 min", 60, 180, false), ("2 to 8 min", 120, 480, false), ("2 to 8 min, stamped at delivery", 120, 480, true),
    ];

    public static async Task RunAsync(int recordsAStep)
    {
        Console.WriteLine("| delivery | useful records | reads each | with the sweep of 48 h | KB read for each | counted |\n|---|---|---|---|---|---|");
        foreach (var delivery in Deliveries)
            await MeasureAsync(delivery.Name, recordsAStep, random => random.Next(delivery.From, delivery.To), delivery.StampedAtDelivery);
    }

    private static async Task MeasureAsync(string name, int recordsAStep, Func<Random, int> lagOf, bool stampedAtDelivery)
    {
        var time = new FakeTimeProvider(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        await using var host = new BenchHost();
        await host.StartLocalAwsAsync(time, ("LocalAws:Trail:LogGroup", "kmslab-trail"));
        using var logs = new AmazonCloudWatchLogsClient(
            new BasicAWSCredentials("AKIALABBENCH00000000", "secret"), new AmazonCloudWatchLogsConfig { ServiceURL = host.LocalAwsUrl, AuthenticationRegion = "us-east-1" });
        await logs.CreateLogStreamAsync(new() { LogGroupName = "kmslab-trail", LogStreamName = "000000000000_CloudTrail_us-east-1" });

        await using var database = await OpenAsync(Path.Combine(host.Folder, "reads.db"));
        await using var services = Engine(database, logs, time);
        var lease = ActivatorUtilities.CreateInstance<LeaseKeeper>(services);
        await lease.StepAsync(CancellationToken.None);
        var reader = services.GetRequiredService<SourceReaders>().All[0];
        var status = services.GetRequiredService<SentinelStatus>();

        var random = new Random(1);
        var trail = new SortedDictionary<DateTimeOffset, List<InputLogEvent>>();
        var (read, duplicates, useful) = (0L, 0L, 0L);
        for (var second = 0; second < (HoursBefore + HoursMeasured) * 3600; second += (int)Step.TotalSeconds)
        {
            for (var n = 0; n < recordsAStep; n++)
                Call(trail, time.GetUtcNow(), lagOf(random), isKms: n % 10 == 0, stampedAtDelivery);
            time.Advance(Step);
            await DeliverAsync(logs, trail, time.GetUtcNow());
            while (await reader.ReadAsync(CancellationToken.None) == TimeSpan.Zero)
            {
            }

            if (second < HoursBefore * 3600)
                (read, duplicates) = (status.Read, status.Duplicates);
        }

        (read, duplicates) = (status.Read - read, status.Duplicates - duplicates);
        useful = read - duplicates;
        var reads = (double)read / useful;
        Console.WriteLine($"| {name} | {useful:N0} | {reads:0.0} | {reads + 2:0.0} | {(reads + 2) * Record(true, time.GetUtcNow()).Length / 1000:0.0} | {status.Read - status.Duplicates:N0} |");
        await lease.StopAsync(CancellationToken.None);
    }

    private static void Call(SortedDictionary<DateTimeOffset, List<InputLogEvent>> trail, DateTimeOffset at, int lag, bool isKms, bool stampedAtDelivery)
    {
        var due = at.AddSeconds(lag);
        if (!trail.TryGetValue(due, out var events))
            trail.Add(due, events = []);
        events.Add(new() { Message = Record(isKms, at), Timestamp = (stampedAtDelivery ? due : at).UtcDateTime });
    }

    private static async Task DeliverAsync(AmazonCloudWatchLogsClient logs, SortedDictionary<DateTimeOffset, List<InputLogEvent>> trail, DateTimeOffset now)
    {
        var due = trail.TakeWhile(pair => pair.Key <= now).ToList();
        foreach (var (at, _) in due)
            trail.Remove(at);
        if (due.Count > 0)
        {
            await logs.PutLogEventsAsync(new()
            {
                LogGroupName = "kmslab-trail",
                LogStreamName = "000000000000_CloudTrail_us-east-1",
                LogEvents = [.. due.SelectMany(pair => pair.Value).OrderBy(item => item.Timestamp)],
            });
        }
    }

    private static string Record(bool isKms, DateTimeOffset at) =>
        isKms ? FloodWriter.Record(0, at) : FloodWriter.Record(0, at).Replace("kms.amazonaws.com", "rds.amazonaws.com", StringComparison.Ordinal);

    private static async Task<Database> OpenAsync(string file)
    {
        await new DatabaseMigrator("sentinel", $"Data Source={file}", DatabaseProvider.Sqlite, typeof(SentinelExtensions).Assembly).StartingAsync(CancellationToken.None);
        return new(DatabaseExtensions.CreateSource($"Data Source={file}", DatabaseProvider.Sqlite), DatabaseProvider.Sqlite);
    }

    private static ServiceProvider Engine(Database database, IAmazonCloudWatchLogs logs, TimeProvider time)
    {
        var options = new SentinelOptions { LogGroups = ["kmslab-trail"], LogsCallsPerSecond = int.MaxValue };
        var engine = new EngineServices(options, database, time);
        engine.AddSingleton<ISourceFactory>(new CloudWatchLogsSources(logs, options.Sources, options.Judged, options.Evidence, time));
        return engine.Build();
    }
}
