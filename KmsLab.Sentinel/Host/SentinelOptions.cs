using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Dashboard;
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
using KmsLab.Sentinel.TrailHealth.Flood;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Host;

/// <summary>
/// The section <c>Sentinel</c>, put together from the rooms' own settings: bound once, and checked as a whole. Defaults are for a real account; the lab
/// shortens some. No room takes it: each takes its own part.
/// </summary>
internal sealed class SentinelOptions
{
    public const string Section = "Sentinel";

    internal SourceOptions Sources { get; } = new();

    internal TurnOptions Turns { get; } = new();

    internal SeriesOptions Series { get; } = new();

    internal WindowOptions Windows { get; } = new();

    internal DetectionOptions Judged { get; } = new();

    /// <inheritdoc cref="SourceOptions.LogGroups"/>
    public string[] LogGroups { get => Sources.LogGroups; set => Sources.LogGroups = value; }

    /// <inheritdoc cref="SourceOptions.EventHistory"/>
    public bool EventHistory { get => Sources.EventHistory; set => Sources.EventHistory = value; }

    /// <inheritdoc cref="SourceOptions.Files"/>
    public string[] Files { get => Sources.Files; set => Sources.Files = value; }

    /// <inheritdoc cref="SourceOptions.TrailQueues"/>
    public string[] TrailQueues { get => Sources.TrailQueues; set => Sources.TrailQueues = value; }

    /// <inheritdoc cref="SourceOptions.LogsCallsPerSecond"/>
    public int LogsCallsPerSecond { get => Sources.LogsCallsPerSecond; set => Sources.LogsCallsPerSecond = value; }

    /// <inheritdoc cref="SourceOptions.HeadInterval"/>
    public TimeSpan HeadInterval { get => Sources.HeadInterval; set => Sources.HeadInterval = value; }

    /// <inheritdoc cref="SourceOptions.HeadWindow"/>
    public TimeSpan HeadWindow { get => Sources.HeadWindow; set => Sources.HeadWindow = value; }

    /// <inheritdoc cref="SourceOptions.HeadReads"/>
    public int HeadReads { get => Sources.HeadReads; set => Sources.HeadReads = value; }

    /// <inheritdoc cref="SourceOptions.Sweeps"/>
    public SweepOptions[] Sweeps { get => Sources.Sweeps; set => Sources.Sweeps = value; }

    /// <inheritdoc cref="TurnOptions.AllowedLateness"/>
    public TimeSpan AllowedLateness { get => Turns.AllowedLateness; set => Turns.AllowedLateness = value; }

    /// <inheritdoc cref="TurnOptions.StandstillLimit"/>
    public TimeSpan StandstillLimit { get => Turns.StandstillLimit; set => Turns.StandstillLimit = value; }

    /// <inheritdoc cref="TurnOptions.Retention"/>
    public TimeSpan Retention { get => Turns.Retention; set => Turns.Retention = value; }

    /// <inheritdoc cref="SeriesOptions.BucketSize"/>
    public TimeSpan BucketSize { get => Series.BucketSize; set => Series.BucketSize = value; }

    /// <inheritdoc cref="SeriesOptions.MaxSeries"/>
    public int MaxSeries { get => Series.MaxSeries; set => Series.MaxSeries = value; }

    /// <inheritdoc cref="WindowOptions.MaxGroups"/>
    public int MaxGroups { get => Windows.MaxGroups; set => Windows.MaxGroups = value; }

    /// <inheritdoc cref="DetectionOptions.Detections"/>
    public Dictionary<string, DetectionOverrides> Detections { get => Judged.Detections; set => Judged.Detections = value; }

    /// <inheritdoc cref="DetectionOptions.Rules"/>
    public Dictionary<string, RuleOptions> Rules { get => Judged.Rules; set => Judged.Rules = value; }

    /// <inheritdoc cref="DetectionOptions.RulesFolder"/>
    public string RulesFolder { get => Judged.RulesFolder; set => Judged.RulesFolder = value; }

    /// <inheritdoc cref="DetectionOptions.EventSources"/>
    public string[] EventSources { get => Judged.EventSources; set => Judged.EventSources = value; }

    /// <summary>How long rates are kept.</summary>
    public RateOptions Rates { get; set; } = new();

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

    /// <summary>Settings of how the time in which the trail was cut is read from the event history.</summary>
    public GapOptions Gaps { get; set; } = new();

    /// <summary>How much is too much.</summary>
    public FloodOptions Flood { get; set; } = new();

    /// <summary>How long the trail may be quiet.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

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

    /// <summary>Names that people know accounts by.</summary>
    public NameOptions Names { get; set; } = new();

    /// <summary>Who is told of alarms.</summary>
    public NotificationOptions Notifications { get; set; } = new();

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
}
