using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Knowledge.Readers;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>The engine's knowledge, windows and alarms without a database: weeks of records in a second.</summary>
internal sealed class DetectionRun
{
    public const string Key = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private readonly IReadOnlyList<ITurnPart> _knowledge;
    private readonly WindowStore _windows;
    private readonly AlarmStore _alarms;
    private readonly SentinelOptions _options;
    private TurnMoment _moment;
    private readonly AlarmNotices _desk;
    private ulong _ids;

    public DetectionRun(Action<SentinelOptions>? configure = null)
    {
        _options = new SentinelOptions { LogGroups = ["test"], ProtectedSets = { ["vault"] = new() { Keys = [Key] } } };
        configure?.Invoke(_options);
        var catalog = new DetectionCatalog(_options.Judged);
        var baselines = new BaselineStore(catalog, _options.Baselines, _options.Turns);
        _knowledge = [new ProtectedKeys(new(_options.NamedSets)), new KnownPrincipals(_options.Baselines), new ReadRecords(_options.Baselines), baselines];
        var incidents = new Incidents(catalog, _options.Alarms);
        _desk = new(catalog, incidents, new NoOutbox(), new(null, null, null), _options.Alarms);
        _alarms = new(catalog, _desk, new(_options.Alarms, new()), incidents, _options.Turns, _options.Alarms);
        _windows = new(catalog, [baselines], _alarms, _options.Windows, _options.Turns);
    }

    /// <summary>All occurrences of alarms, in the order in which they were raised.</summary>
    public List<Alarm> Raised { get; } = [];

    public IEnumerable<Alarm> Of(string detection) => Raised.Where(alarm => alarm.Detection == detection);

    /// <summary>A successful read.</summary>
    /// <param name="at">When.</param>
    /// <param name="principal">The role's ARN.</param>
    /// <param name="record">The record's id; null: the call has no encryption context.</param>
    /// <param name="client">The client, of a call that the application attests.</param>
    public void Read(DateTimeOffset at, string principal, string? record = null, string? client = null)
    {
        var observation = new Observation(new()
        {
            Id = new(++_ids),
            EventId = "",
            EventTime = at,
            EventSource = "kms.amazonaws.com",
            EventName = "Decrypt",
            KeyArns = [Key],
            Json = default,
            Identity = new("AssumedRole", null, null, null, null, null, null, principal),
            Context = record is null ? null : new EncryptionContext([new("r", record)]),
        });
        if (client is not null)
            (observation.Attestation, observation.Proof) = (AttestationVerdict.Valid, new("k", 0, "nonce", client, default));
        Observe(observation);
    }

    public void Observe(Observation observation)
    {
        foreach (var part in _knowledge)
            part.Study(observation);
        _windows.Judge(observation, _moment);
    }

    /// <summary>The trail is complete up to <paramref name="at"/>: a turn ends.</summary>
    public void Complete(DateTimeOffset at)
    {
        _moment = new(at, new(at, at, false));
        foreach (var part in _knowledge)
            part.Advance(_moment);
        _desk.Begin(at);
        _alarms.Advance(_moment);
        foreach (var alarm in _alarms.Changed.Where(alarm => !Raised.Exists(raised => raised.Id == alarm.Id && raised.Occurrence == alarm.Occurrence)))
            Raised.Add(alarm);

        _alarms.Committed();
        _desk.Committed();
        _windows.Committed();
        _windows.Prune(at - _options.Retention);
    }

    private sealed class NoOutbox : IOutbox
    {
        public void Add(Notification notification)
        {
        }
    }
}
