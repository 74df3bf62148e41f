using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;

namespace KmsLab.Sentinel;

/// <summary>The section <c>Sentinel</c>. Defaults are for a real account; the lab shortens some.</summary>
internal sealed class SentinelOptions
{
    public const string Section = "Sentinel";

    /// <summary>CloudWatch Logs groups that a trail delivers to.</summary>
    public string[] LogGroups { get; set; } = [];

    /// <summary>Reads CloudTrail's event history (LookupEvents) as well: needs no trail, and suits accounts with few calls.</summary>
    public bool EventHistory { get; set; }

    /// <summary>Folders, globs or files of CloudTrail records, looked at again each <see cref="HeadInterval"/>.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>The services whose records are read; one server-side filter asks for just these.</summary>
    public string[] EventSources { get; set; } = [];

    /// <summary>FilterLogEvents calls a second, of all log groups together: the quota is the account's, and others may need some of it.</summary>
    public int LogsCallsPerSecond { get; set; } = 5;

    /// <summary>Time from one head read to the next.</summary>
    public TimeSpan HeadInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far back each head read looks: CloudTrail delivers in about 5 minutes on average, in no order.</summary>
    public TimeSpan HeadWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Looks further back, for what comes later than the head sees: 30 min each 5 min, 6 h each hour and 48 h each day, unless set.</summary>
    public SweepOptions[] Sweeps { get; set; } = [];

    /// <summary>How late a record may come and still be expected: the watermark is the last complete read less this.</summary>
    public TimeSpan AllowedLateness { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A watermark that stands still longer than this makes alarms INSUFFICIENT_DATA.</summary>
    public TimeSpan StandstillLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Size of the tumbling buckets of <c>/api/rates</c>.</summary>
    public TimeSpan BucketSize { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long late records are accepted, and what detections count by is kept. Older records are counted as too late and otherwise left out.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(50);

    /// <summary>How long rates are kept.</summary>
    public RateOptions Rates { get; set; } = new();

    /// <summary>More series than this share one, <c>Other</c>.</summary>
    public int MaxSeries { get; set; } = 100_000;

    /// <summary>More groups of a detection than this share one, <c>Other</c>.</summary>
    public int MaxGroups { get; set; } = 10_000;

    /// <summary>Settings of detections by id; what is left out keeps the detection's own default.</summary>
    public Dictionary<string, DetectionOverrides> Detections { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rules without code, by id.</summary>
    public Dictionary<string, RuleOptions> Rules { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys that are guarded, by the set's name.</summary>
    public Dictionary<string, ProtectedSet> ProtectedSets { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How it is learned what is normal.</summary>
    public BaselineOptions Baselines { get; set; } = new();

    /// <summary>What the application's proofs are checked with.</summary>
    public AttestationOptions Attestation { get; set; } = new();

    /// <summary>What the evidence comes through.</summary>
    public AuditPathOptions Evidence { get; set; } = new();

    /// <summary>The call whose record must come back.</summary>
    public CanaryOptions Canary { get; set; } = new();

    /// <summary>The look at the way of the evidence from outside.</summary>
    public GuardOptions Guard { get; set; } = new();

    /// <summary>How long the trail may be quiet.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

    /// <summary><see cref="ProtectedSets"/>, each with its name.</summary>
    public IReadOnlyList<ProtectedSet> NamedSets
    {
        get
        {
            foreach (var (name, set) in ProtectedSets)
                set.Name = name;
            return [.. ProtectedSets.Values];
        }
    }

    /// <summary>What CloudWatch is told.</summary>
    public MetricOptions Metrics { get; set; } = new();

    /// <summary>How people sign in.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>Who may look, and change things.</summary>
    public ApiOptions Api { get; set; } = new();

    /// <summary>Reminders, silences and history.</summary>
    public AlarmOptions Alarms { get; set; } = new();

    /// <summary>How one of several Sentinels on a database comes to lead.</summary>
    public LeaseOptions Lease { get; set; } = new();

    /// <summary>Who is told of alarms.</summary>
    public NotificationOptions Notifications { get; set; } = new();

    /// <summary><see cref="LogGroups"/> without empty names: setting one to nothing takes a default away.</summary>
    public IReadOnlyList<string> EffectiveLogGroups => [.. LogGroups.Where(group => !string.IsNullOrWhiteSpace(group))];

    /// <summary><see cref="Files"/> without empty names.</summary>
    public IReadOnlyList<string> EffectiveFiles => [.. Files.Where(path => !string.IsNullOrWhiteSpace(path))];

    /// <summary><see cref="Sweeps"/>, or the usual ones.</summary>
    public IReadOnlyList<SweepOptions> EffectiveSweeps => Sweeps is { Length: > 0 } sweeps ? sweeps : UsualSweeps;

    /// <summary>How far back anything is read.</summary>
    public TimeSpan DeepestLookBack => EffectiveSweeps.Select(sweep => sweep.LookBack).Append(HeadWindow).Max();

    private static IReadOnlyList<SweepOptions> UsualSweeps { get; } =
    [
        new() { LookBack = TimeSpan.FromMinutes(30), Every = TimeSpan.FromMinutes(5) },
        new() { LookBack = TimeSpan.FromHours(6), Every = TimeSpan.FromHours(1) },
        new() { LookBack = TimeSpan.FromHours(48), Every = TimeSpan.FromHours(24) },
    ];

    /// <summary><see cref="EventSources"/>, or those that the detections need.</summary>
    public IReadOnlyList<string> EffectiveEventSources => EventSources is { Length: > 0 } sources ? sources : DetectionCatalog.EventSources(this);
}
