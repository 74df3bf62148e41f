using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.AwsSdk;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>What CloudWatch is told, through the SDK client to LocalAws' CloudWatch. The allowed lateness is 5 s.</summary>
public sealed class CloudWatchMetricsTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Closed_minute_is_told_once_and_late_calls_as_what_they_add(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8(), TestRecords.Decrypt(Noon.AddSeconds(59)).Utf8(), TestRecords.Denied(Noon.AddSeconds(60)).Utf8());

        await PublishAsync(bed, sentinel, client, Noon.AddSeconds(64));
        (await CallsAsync(client)).ShouldBeEmpty();
        await PublishAsync(bed, sentinel, client, Noon.AddSeconds(65));
        await PublishAsync(bed, bed.Start(), client, Noon.AddSeconds(66));
        (await CallsAsync(client)).ShouldBe([(Noon, 2, 1)]);

        sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(1)).Utf8());
        await PublishAsync(bed, sentinel, client, Noon.AddSeconds(125));

        (await CallsAsync(client)).ShouldBe([(Noon, 3, 2), (Noon.AddMinutes(1), 1, 1)]);
        (await CallsAsync(client, ("Outcome", "Success"))).ShouldBe([(Noon, 2, 1)]);
        (await CallsAsync(client, ("Outcome", "Failed"))).ShouldBe([(Noon, 1, 1)]);
        (await CallsAsync(client, ("Operation", "Decrypt"), ("Outcome", "Denied"))).ShouldBe([(Noon.AddMinutes(1), 1, 1)]);
        (await CallsAsync(client, ("Key", TestRecords.KeyArn), ("Outcome", "Success"))).ShouldBe([(Noon, 2, 1)]);
        (await CallsAsync(client, ("Principal", TestRecords.RoleArn), ("Outcome", "Success"))).ShouldBe([(Noon, 2, 1)]);
        (await bed.PointsAsync()).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(PipelineTests.CrashPoints), MemberType = typeof(PipelineTests))]
    public async Task Crash_of_a_turn_neither_loses_nor_doubles_a_call(DatabaseProvider database, string stepName)
    {
        await using var bed = await BedAsync(database);
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        byte[][] head = [TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(1)).Utf8()];

        await Should.ThrowAsync<SimulatedCrashException>(() => RunAsync(bed.Start(new CrashPlan(Enum.Parse<TurnStep>(stepName), 1)), head));
        var sentinel = bed.Start();
        await RunAsync(sentinel, head);
        await PublishAsync(bed, sentinel, client, Noon.AddMinutes(2));

        (await CallsAsync(client)).ShouldBe([(Noon, 2, 1)]);
    }

    [Fact]
    public async Task Call_that_was_not_answered_is_made_again()
    {
        await using var bed = await BedAsync();
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        await using var silent = await WireServer.StartAsync(new WireResponse(200, null));
        using var unanswered = new AmazonCloudWatchClient(LocalAwsHost.Credentials, new AmazonCloudWatchConfig { ServiceURL = silent.Url.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        await sentinel.CompleteAsync(Noon.AddMinutes(2));

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var publishing = bed.Publisher(sentinel, unanswered).PublishAsync(stopping.Token);
        await silent.FirstRequest;
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => publishing);
        await PublishAsync(bed, sentinel, client, Noon.AddMinutes(2));

        (await CallsAsync(client)).ShouldBe([(Noon, 1, 1)]);
    }

    [Fact]
    public async Task Sentinel_that_no_longer_leads_tells_nothing_of_calls()
    {
        await using var bed = await BedAsync();
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        var former = bed.Start();
        await former.TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        await former.CompleteAsync(Noon.AddMinutes(2));
        bed.Start();

        await Should.ThrowAsync<KmsLab.Sentinel.Leadership.NotLeadingException>(() => bed.Publisher(former, client).PublishAsync(Cancellation));

        (await CallsAsync(client)).ShouldBeEmpty();
        (await bed.PointsAsync()).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Keys_and_principals_beyond_the_limit_share_one_dimension_for_good()
    {
        await using var bed = await BedAsync();
        bed.Options.Metrics.MaxPrincipals = 2;
        bed.Options.Metrics.Principals["deployer"] = "arn:aws:iam::1:role/deployer";
        bed.Options.Metrics.MaxKeys = 1;
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        await bed.Start().TakeAsync(TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/first").Utf8());

        var sentinel = bed.Start();
        await sentinel.TakeAsync(
            TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/second").Utf8(),
            TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/third").Utf8(),
            TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/deployer").Utf8(),
            TestRecords.ReEncrypt().Utf8());
        await PublishAsync(bed, sentinel, client, Noon.AddMinutes(2));

        (await CallsAsync(client, ("Principal", "arn:aws:iam::1:role/first"), ("Outcome", "Success"))).ShouldBe([(Noon, 1, 1)]);
        (await CallsAsync(client, ("Principal", "deployer"), ("Outcome", "Success"))).ShouldBe([(Noon, 1, 1)]);
        (await CallsAsync(client, ("Principal", "Other"), ("Outcome", "Success"))).ShouldBe([(Noon, 3, 1)]);
        (await CallsAsync(client, ("Key", TestRecords.KeyArn), ("Outcome", "Success"))).ShouldBe([(Noon, 5, 1)]);
        (await CallsAsync(client, ("Key", "Other"), ("Outcome", "Success"))).ShouldBe([(Noon, 1, 1)]);
        (await CallsAsync(client)).ShouldBe([(Noon, 5, 1)]);
    }

    [Fact]
    public async Task Many_points_go_in_calls_within_the_limits_and_compressed()
    {
        await using var bed = await BedAsync();
        bed.Options.Metrics.MaxPrincipals = 1000;
        await using var wire = await WireServer.StartAsync("{}");
        using var client = new AmazonCloudWatchClient(LocalAwsHost.Credentials, new AmazonCloudWatchConfig { ServiceURL = wire.Url.ToString(), AuthenticationRegion = "us-east-1" });
        var sentinel = bed.Start();
        var longName = new string('x', 2000);
        await sentinel.TakeAsync(Enumerable.Range(0, 900).Select(n => TestRecords.Decrypt(Noon, role: $"arn:aws:iam::1:role/{n}{longName}").Utf8()));

        await PublishAsync(bed, sentinel, client, Noon.AddMinutes(2));

        (await bed.PointsAsync()).ShouldBe(0);
        var calls = wire.Requests.Skip(1).ToList();
        calls.Count.ShouldBeGreaterThan(1);
        calls.ShouldAllBe(call => call.Headers["Content-Encoding"] == "gzip");
        var bodies = calls.Select(call => Unzip(call.Content)).ToList();
        bodies.ShouldAllBe(body => body.Length <= 1_000_000);
        bodies.Sum(body => System.Text.Json.Nodes.JsonNode.Parse(body)!["MetricData"]!.AsArray().Count).ShouldBe(904);
    }

    [Fact]
    public async Task Vitals_are_told_with_the_time_of_measuring()
    {
        await using var bed = await BedAsync();
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        bed.Channels.Add(new ScriptedChannel("down", _ => KmsLab.Sentinel.Publishing.SendOutcome.Failed("down")));
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon).Utf8(), TestRecords.WrongKey(Noon).Utf8());
        await sentinel.CompleteAsync(Noon);
        await sentinel.SendAsync();
        bed.Time.Advance(TimeSpan.FromSeconds(30));

        await bed.Publisher(sentinel, client).PublishAsync(Cancellation);

        async Task<double> ValueAsync(string metric, params (string, string)[] dimensions) => (await PointsAsync(client, metric, dimensions)).ShouldHaveSingleItem().Maximum!.Value;
        (await ValueAsync("Heartbeat")).ShouldBe(1);
        (await ValueAsync("WatermarkLag")).ShouldBe(35);
        (await ValueAsync("AlarmsFiring")).ShouldBe(1);
        (await ValueAsync("AlarmsFiring", ("Severity", "High"))).ShouldBe(1);
        (await ValueAsync("AlarmsFiring", ("Severity", "Critical"))).ShouldBe(0);
        (await ValueAsync("NotificationsPending")).ShouldBe(1);
        (await ValueAsync("OldestNotification")).ShouldBe(30);
        (await ValueAsync("NotificationsGivenUp")).ShouldBe(0);
    }

    [Fact]
    public async Task Points_that_cloudwatch_would_not_take_any_more_are_dropped_and_counted()
    {
        await using var bed = await BedAsync();
        await using var aws = await LocalAwsHost.StartAsync(time: bed.Time);
        using var client = Client(aws);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        bed.Time.Advance(TimeSpan.FromDays(14));

        (await bed.Publisher(sentinel, client).PublishAsync(Cancellation)).ShouldBe(5);

        (await bed.PointsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_counted_for_cloudwatch_where_it_is_off()
    {
        await using var bed = await BedAsync();
        bed.Options.Metrics.CloudWatch = false;

        await bed.Start().TakeAsync(TestRecords.Decrypt(Noon).Utf8());

        (await bed.PointsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Service_tells_cloudwatch_and_its_own_instruments_how_it_is()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await using var sentinel = await SentinelHost.StartAsync(
            aws.Url, ("Sentinel:Metrics:CloudWatch", "true"), ("Sentinel:Metrics:KeepAlarms", "true"),
            ("Sentinel:Metrics:Alarms:firing:Metric", "AlarmsFiring"), ("Sentinel:Metrics:Alarms:firing:Threshold", "1"));
        using var client = Client(aws);
        using var points = sentinel.Collect("kmslab.sentinel.cloudwatch.points");
        using var firing = sentinel.Collect<int>("kmslab.sentinel.alarms.firing");
        using var kms = aws.Kms();
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<Amazon.KeyManagementService.AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new Amazon.KeyManagementService.Model.DecryptRequest { CiphertextBlob = new MemoryStream(new byte[64]) }, Cancellation));

        await WaitAsync(async () => (await client.ListMetricsAsync(new() { Namespace = "KmsLab", MetricName = "Heartbeat" }, Cancellation)).Metrics.Count == 1);
        await WaitAsync(async () => (await client.DescribeAlarmsAsync(new() { AlarmNames = ["KmsLab-firing"] }, Cancellation)).MetricAlarms.Count == 1);
        await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Count == 1);
        await WaitAsync(() =>
        {
            firing.RecordObservableInstruments();
            return Task.FromResult(firing.GetMeasurementSnapshot().Any(m => (string?)m.Tags["severity"] == "high" && m.Value == 1));
        });
    }

    [Fact]
    public async Task Wrong_options_are_named_at_start_all_at_once()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ("Sentinel:Metrics:Namespace", "AWS/KMS"),
            ("Sentinel:Metrics:MaxKeys", "-1"),
            ("Sentinel:Metrics:Alarms:calls:Metric", "Calls"),
            ("Sentinel:Metrics:Alarms:calls:Period", "00:00:10"),
            ("Sentinel:Metrics:Alarms:calls:Statistic", "Median"),
            ("Sentinel:Metrics:Alarms:calls:AlarmActions:0", "ops@example.org")));

        problem.Failures.Count().ShouldBe(7);
        problem.Message.ShouldContain("Sentinel:Metrics:Alarms:calls:Metric must be one of Heartbeat");
        problem.Message.ShouldContain("Sentinel:Metrics:Alarms:calls:Threshold must be a number");
    }

    private static async Task RunAsync(SentinelProcess sentinel, byte[][] events)
    {
        await sentinel.TakeAsync(events);
        await sentinel.SendAsync();
    }

    /// <summary>Everything is read up to <paramref name="readAt"/>, and CloudWatch is told.</summary>
    private static async Task PublishAsync(SentinelBed bed, SentinelProcess sentinel, IAmazonCloudWatch client, DateTimeOffset readAt)
    {
        await sentinel.CompleteAsync(readAt);
        await bed.Publisher(sentinel, client).PublishAsync(Cancellation);
    }

    private static AmazonCloudWatchClient Client(LocalAwsHost aws) => new(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchConfig()));

    /// <summary>Calls by minute: their sum, and the number of points that it is made of.</summary>
    private static async Task<IReadOnlyList<(DateTimeOffset At, double Sum, double Points)>> CallsAsync(IAmazonCloudWatch client, params (string, string)[] dimensions) =>
        [.. (await PointsAsync(client, "Calls", dimensions)).Select(point => (new DateTimeOffset(point.Timestamp!.Value.ToUniversalTime()), point.Sum!.Value, point.SampleCount!.Value))];

    private static async Task<IReadOnlyList<Datapoint>> PointsAsync(IAmazonCloudWatch client, string metric, params (string Name, string Value)[] dimensions)
    {
        var answer = await client.GetMetricStatisticsAsync(
            new()
            {
                Namespace = "KmsLab",
                MetricName = metric,
                Dimensions = [.. dimensions.Select(dimension => new Dimension { Name = dimension.Name, Value = dimension.Value })],
                StartTime = Noon.AddMinutes(-10).UtcDateTime,
                EndTime = Noon.AddHours(1).UtcDateTime,
                Period = 60,
                Statistics = ["Sum", "SampleCount", "Maximum"],
            },
            Cancellation);
        return [.. (answer.Datapoints ?? []).OrderBy(point => point.Timestamp)];
    }

    private static string Unzip(byte[] content)
    {
        using var reader = new StreamReader(new System.IO.Compression.GZipStream(new MemoryStream(content), System.IO.Compression.CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static async Task WaitAsync(Func<Task<bool>> until)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await until())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                Assert.Fail("It did not come about within 30 s.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.Metrics.CloudWatch = true;
        return bed;
    }
}
