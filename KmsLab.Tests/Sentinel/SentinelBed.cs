using System.Diagnostics.Metrics;
using Amazon.CloudWatch;
using Dapper;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel;

/// <summary>A database of its own, a clock that the test moves, and Sentinel's engine on both; started again as often as the test crashes it.</summary>
internal sealed class SentinelBed : IAsyncDisposable
{
    public const string Source = "logs:test";

    private readonly TestDatabase _database;
    private readonly Database _opened;
    private readonly ServiceProvider _services;
    private readonly List<ServiceProvider> _processes = [];

    private SentinelBed(TestDatabase database, SentinelOptions options)
    {
        _database = database;
        _opened = database.Open();
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Options = options;
    }

    public SentinelOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(TestRecords.Noon);

    public List<string> Messages { get; } = [];

    /// <summary>What was sent, as often as it was.</summary>
    public List<Notification> Sent { get; } = [];

    /// <summary>Channels beside the one that fills <see cref="Sent"/>.</summary>
    public List<INotificationChannel> Channels { get; } = [];

    public static async Task<SentinelBed> CreateAsync(DatabaseProvider provider, PostgresCluster cluster) => await OpenAsync(await TestDatabase.CreateAsync(provider, cluster));

    /// <summary>A bed on a database that is there.</summary>
    public static async Task<SentinelBed> OpenAsync(TestDatabase database)
    {
        await new DatabaseMigrator("sentinel", database.ConnectionString, database.Provider, typeof(SentinelExtensions).Assembly).StartingAsync(TestContext.Current.CancellationToken);
        return new(database, new SentinelOptions { LogGroups = ["test"], AllowedLateness = TimeSpan.FromSeconds(5) });
    }

    /// <summary>Starts a process on what the last one left. It leads: whatever an earlier one still writes is refused.</summary>
    public SentinelProcess Start(CrashPlan? plan = null, params IRecordSource[] sources)
    {
        var engine = new EngineServices(Options, _opened, Time);
        foreach (var source in sources is [] ? [new NamedSource()] : sources)
            engine.AddSingleton(source);
        foreach (var channel in (IReadOnlyList<INotificationChannel>)[new RecordingChannel(Sent), .. Channels])
            engine.AddSingleton(channel);
        engine.AddSingleton<ILogger<LeaderStatus>>(new CrashingLogger<LeaderStatus>(null, Messages));
        engine.AddSingleton<ILogger<Rejections>>(new CrashingLogger<Rejections>(null, Messages));
        engine.AddSingleton<ILogger<Pipeline>>(new CrashingLogger<Pipeline>(plan, Messages));
        engine.AddSingleton<ILogger<OutboxPublisher>>(new CrashingLogger<OutboxPublisher>(plan, Messages));
        engine.AddSingleton<ILogger<SourceReader>>(new CrashingLogger<SourceReader>(plan, Messages));
        engine.AddTurnPart<GapStore>();
        var services = engine.Build();
        _processes.Add(services);
        Task.Run(() => LeadAsync(services.GetRequiredService<LeaderStatus>(), services.GetRequiredService<LeaseStore>())).GetAwaiter().GetResult();
        return new(services);
    }

    /// <summary>Asks for something about an alarm, as the API does.</summary>
    public Task SubmitAsync(AlarmCommand command) => Query.SubmitAsync(command, TestContext.Current.CancellationToken);

    public Task<IReadOnlyList<AlarmCommand>> CommandsAsync() =>
        _opened.ReadAsync(connection => AlarmRecords.CommandsAsync(connection, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    public Task<IReadOnlyList<ContextsAnswer>> ContextsAsync() => new ContextsQuery(_opened, Time).ReadAsync(new(null, null, null, null), TestContext.Current.CancellationToken);

    /// <summary>The history of all alarms.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync()
    {
        var ids = await _opened.ReadAsync(connection => connection.QueryAsync<string>("SELECT DISTINCT alarm_id FROM alarm_history"), TestContext.Current.CancellationToken);
        var history = new List<HistoryEntry>();
        foreach (var id in ids)
            history.AddRange(await Query.HistoryAsync(id, TestContext.Current.CancellationToken));
        return history;
    }

    /// <summary>What tells CloudWatch for a process.</summary>
    public MetricPublisher Publisher(SentinelProcess process, IAmazonCloudWatch cloudWatch)
    {
        var writes = process.Services.GetRequiredService<LeaderWrites>();
        var vitals = new VitalsQuery(_opened, new DeliveryStore(_opened, writes), new DetectionCatalog(Options.Judged), process.Status, Time);
        return new(cloudWatch, new MetricPoints(_opened, writes), vitals, Options.Metrics, new PublishingMetrics(_services.GetRequiredService<IMeterFactory>()), process.Status, Time);
    }

    public Task<long> PointsAsync() => _opened.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM metric_point"), TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/baselines</c> asks.</summary>
    public BaselinesQuery Baselines()
    {
        return new(_opened, new DetectionCatalog(Options.Judged), Options.Baselines, Time);
    }

    /// <summary>What <c>/api/usage</c> asks.</summary>
    public UsageQuery Usage() => new(_opened, new(Options.NamedSets), Time);

    /// <summary>What <c>/api/activity</c> asks.</summary>
    public ActivityQuery Activity(SentinelProcess process)
    {
        return new(
            _opened, new DetectionCatalog(Options.Judged), Baselines(), new WatermarkQuery(_opened, process.Status), Options.Rates, Options.Series,
            new(Options.NamedSets), Time);
    }

    /// <summary>What <c>/api/detections</c> asks.</summary>
    public DetectionsQuery Detections() => new(_opened, new DetectionCatalog(Options.Judged));

    /// <summary>What <c>/api/alarms/{id}/chart</c> answers for the one alarm of a detection.</summary>
    public async Task<AlarmChartAnswer?> ChartAsync(string detection)
    {
        var catalog = new DetectionCatalog(Options.Judged);
        var alarms = await Query.ReadAsync(TestContext.Current.CancellationToken);
        return await new AlarmChartQuery(_opened, catalog, Baselines(), Time).ReadAsync(alarms.Single(alarm => alarm.Detection == detection), Texts.English, TestContext.Current.CancellationToken);
    }

    /// <summary>What <c>/api/alarms</c> answers.</summary>
    public Task<IReadOnlyList<AlarmAnswer>> AnswersAsync() => Query.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/alarms/{id}/records</c> answers.</summary>
    public Task<AlarmRecordsAnswer> RecordsAsync(AlarmAnswer alarm) => new AlarmRecordsQuery(_opened).ReadAsync(alarm, TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/alarms/{id}/records/{eventId}</c> answers.</summary>
    public Task<byte[]?> RecordAsync(AlarmAnswer alarm, string eventId) => new AlarmRecordsQuery(_opened).FindAsync(alarm, eventId, TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/alarms/{id}/export</c> answers.</summary>
    public Task<ExportFile?> ExportAsync(string alarm, string format) =>
        new AlarmExport(Query, new AlarmRecordsQuery(_opened)).WriteAsync(alarm, format, TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/alarms/{id}/timeline</c> answers.</summary>
    public Task<TimelineAnswer?> TimelineAsync(AlarmAnswer alarm) => new TimelineQuery(_opened).ReadAsync(alarm, null, TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/keys</c> answers.</summary>
    public Task<IReadOnlyList<KeyNaming>> KeyNamesAsync() => new KeyNamesQuery(_opened).ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/silences</c> asks.</summary>
    public Silencing Silencing() => new(
        _opened, new DetectionCatalog(Options.Judged), Options.Alarms, new PublishingMetrics(_services.GetRequiredService<IMeterFactory>()), Time);

    /// <summary>What the page shows as current.</summary>
    public Task<IReadOnlyList<AlarmAnswer>> CurrentAsync() => Query.CurrentAsync(Time.GetUtcNow(), TestContext.Current.CancellationToken);

    /// <summary>What <c>/api/alarms/{id}/tuning</c> answers.</summary>
    public Task<string?> TuningAsync(string alarm) => Query.TuningAsync(alarm, TestContext.Current.CancellationToken);

    /// <summary>Changes the database behind Sentinel's back, as time or another version would have.</summary>
    public Task ExecuteAsync(string sql) => _opened.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction)), TestContext.Current.CancellationToken);

    /// <summary>What a query finds, one line a row.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        var rows = await _opened.ReadAsync(connection => connection.QueryAsync(sql), TestContext.Current.CancellationToken);
        return [.. rows.Select(row => string.Join('|', ((IDictionary<string, object>)row).Values.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : $"{value}")))];
    }

    private AlarmQuery Query => new(_opened, new DetectionCatalog(Options.Judged), new(null, null, null), Time);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await _services.DisposeAsync();
        await _opened.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A new process begins a term at once, as if the one before were known to be dead.</summary>
    private static async Task LeadAsync(LeaderStatus leader, LeaseStore leases) =>
        leader.Begin((await leases.TakeAsync(leader.Self, await leases.ReadAsync(CancellationToken.None), force: true, CancellationToken.None))!);

    private sealed class NamedSource : IRecordSource
    {
        public string Name => Source;

        public IAsyncEnumerable<SourcePage> ReadAsync(DateTimeOffset from, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class RecordingChannel(List<Notification> sent) : INotificationChannel
    {
        public string Name => "test";

        public Severity MinimumSeverity => Severity.Low;

        public Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            sent.Add(notification);
            return Task.FromResult(SendOutcome.Sent);
        }
    }
}

/// <summary>One run of Sentinel's engine.</summary>
internal sealed class SentinelProcess(ServiceProvider services)
{
    public IServiceProvider Services => services;

    public Pipeline Pipeline { get; } = services.GetRequiredService<Pipeline>();

    public OutboxPublisher Publisher { get; } = services.GetRequiredService<OutboxPublisher>();

    public IReadOnlyList<SourceReader> Readers { get; } = services.GetRequiredService<SourceReaders>().All;

    public SentinelStatus Status { get; } = services.GetRequiredService<SentinelStatus>();

    public StatusQuery StatusQuery { get; } = services.GetRequiredService<StatusQuery>();

    public RatesQuery RatesQuery { get; } = services.GetRequiredService<RatesQuery>();

    public LeaderStatus Leader { get; } = services.GetRequiredService<LeaderStatus>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task TakeAsync(params IEnumerable<byte[]> events) => Pipeline.TakeAsync(Page(events), Cancellation);

    /// <summary>Takes a page whose commit may wait for later turns.</summary>
    public Task TakeWaitingAsync(params IEnumerable<byte[]> events) => Pipeline.TakeAsync(Page(events) with { MayWait = true }, Cancellation);

    /// <summary>A complete read that began at <paramref name="at"/>, and found nothing more.</summary>
    public Task CompleteAsync(DateTimeOffset at) => Pipeline.TakeAsync(new Turn.ReadEnd(SentinelBed.Source, at), Cancellation);

    public Task TickAsync() => Pipeline.TakeAsync(new Turn.Tick(), Cancellation);

    public Task SendAsync() => Publisher.SendAsync(Cancellation);

    public Task<IReadOnlyList<Alarm>> AlarmsAsync() => services.GetRequiredService<Database>()
        .ReadAsync(connection => AlarmRecords.AlarmsAsync(connection, Cancellation), Cancellation);

    public async Task<Alarm> AlarmAsync() => (await AlarmsAsync()).ShouldHaveSingleItem();

    public Task<StatusAnswer> StatusAsync() => StatusQuery.ReadAsync(Cancellation);

    private static Turn.Page Page(IEnumerable<byte[]> events) =>
        new(SentinelBed.Source, [.. events.Select((utf8, index) => new SourceEvent(utf8, $"stream/{index}"))]);

    /// <summary>The rates, one line a bucket, in a fixed order.</summary>
    public async Task<IReadOnlyList<string>> RatesAsync()
    {
        var series = await RatesQuery.ReadAsync(new(null, null, null, null, DateTimeOffset.UnixEpoch, null), Cancellation);
        return [.. series
            .SelectMany(s => s.Buckets.Select(b => $"{s.KeyArn?[^4..]}|{s.Principal}|{s.Operation}|{s.Outcome}|{s.Service}|{b.Start:HH:mm:ss}+{b.Seconds}={b.Count}"))
            .Order(StringComparer.Ordinal)];
    }
}
