namespace KmsLab.Sentinel.Sources;

/// <summary>Settings of the section <c>Sentinel</c> that say what is read, and how often.</summary>
internal sealed class SourceOptions
{
    /// <summary>CloudWatch Logs groups that a trail delivers to.</summary>
    public string[] LogGroups { get; set; } = [];

    /// <summary>Reads CloudTrail's event history (LookupEvents) as well: needs no trail, and suits accounts with few calls.</summary>
    public bool EventHistory { get; set; }

    /// <summary>Folders, globs or files of CloudTrail records, looked at again each <see cref="HeadInterval"/>.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>
    /// URLs of the SQS queues that hear of each file in a trail's bucket: from S3, also by way of SNS or EventBridge, or from CloudTrail by way of SNS.
    /// </summary>
    public string[] TrailQueues { get; set; } = [];

    /// <summary>FilterLogEvents calls a second, of all log groups together: the quota is the account's, and others may need some of it.</summary>
    public int LogsCallsPerSecond { get; set; } = 5;

    /// <summary>Time from one head read to the next.</summary>
    public TimeSpan HeadInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far back the head looks: CloudTrail delivers in about 5 minutes on average, in no order. Once it is known how late records come, most head
    /// reads look back less, and a fifth of this time apart one looks back so far.
    /// </summary>
    public TimeSpan HeadWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How often the head reads a record at most, once it is known how late records come: where that is long, the head is read less often than each
    /// <see cref="HeadInterval"/>, and in between only what concerns protected keys and does not prove that it is the application's.
    /// </summary>
    public int HeadReads { get; set; } = 8;

    /// <summary>Looks further back, for what comes later than the head sees: 6 h each 3 hours and 48 h each day, unless set.</summary>
    public SweepOptions[] Sweeps { get; set; } = [];

    /// <summary><see cref="LogGroups"/> without empty names: setting one to nothing takes a default away.</summary>
    public IReadOnlyList<string> EffectiveLogGroups => [.. LogGroups.Where(group => !string.IsNullOrWhiteSpace(group))];

    /// <summary><see cref="Files"/> without empty names.</summary>
    public IReadOnlyList<string> EffectiveFiles => [.. Files.Where(path => !string.IsNullOrWhiteSpace(path))];

    /// <summary><see cref="TrailQueues"/> without empty ones.</summary>
    public IReadOnlyList<string> EffectiveTrailQueues => [.. TrailQueues.Where(url => !string.IsNullOrWhiteSpace(url))];

    /// <summary><see cref="Sweeps"/>, or the usual ones.</summary>
    public IReadOnlyList<SweepOptions> EffectiveSweeps => Sweeps is { Length: > 0 } sweeps ? sweeps : UsualSweeps;

    /// <summary>How far back anything is read.</summary>
    public TimeSpan DeepestLookBack => EffectiveSweeps.Select(sweep => sweep.LookBack).Append(HeadWindow).Max();

    private static IReadOnlyList<SweepOptions> UsualSweeps { get; } =
    [
        new() { LookBack = TimeSpan.FromHours(6), Every = TimeSpan.FromHours(3) },
        new() { LookBack = TimeSpan.FromHours(48), Every = TimeSpan.FromHours(24) },
    ];
}
