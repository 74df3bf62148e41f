using System.Data.Common;
using System.Globalization;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>
/// The canaries under way: which were sent, through which sources they came back, and so up to when each source is known to be complete.
/// </summary>
/// <remarks>
/// <para>
/// A canary is written here before it is sent. Its record is known by the request id that KMS gave, or by the nonce in its encryption context, which is
/// random and used once; where Sentinel has a signing key the record must carry its proof as well. Such records are outside all rates and detections.
/// Any other cryptographic use of the canary's key is somebody who tries to imitate it, or who uses a key that is none of their business.
/// </para>
/// <para>
/// That a canary made at T came back through a source means that the trail delivered what was made before T less the allowed lateness: delivery has
/// no order. It counts only once the read that brought it is complete, for what came before may stand on a later page. T is KMS's own time of
/// the call, like every other time on the trail, so Sentinel's clock does not matter.
/// </para>
/// </remarks>
internal sealed class CanaryStore(CanaryOptions options, DeliveryOptions delivery, TurnOptions turns, ReadCursors cursors, CanaryVerifier verifier) : ITurnPart
{
    /// <summary>The source that nobody can filter or stop.</summary>
    public const string History = "event-history";

    public const string SequenceName = "kmslab:canary";
    public const string NonceName = "kmslab:nonce";
    public const string Operation = "Encrypt";

    /// <summary>The SDK's attempts of one call lie within this.</summary>
    private static readonly TimeSpan RetryWindow = ReplayWatch.RetryWindow;

    /// <summary>How long a canary that came back is kept: until nothing odd about it can turn up any more.</summary>
    private static readonly TimeSpan KeptAfterReturn = TimeSpan.FromHours(6);

    private readonly CanaryRows _rows = new();
    private readonly SortedList<long, CanaryCall> _calls = [];
    private readonly Dictionary<string, CanaryCall> _byNonce = [];
    private readonly Dictionary<string, CanaryCall> _byRequest = [];
    private readonly HashSet<string> _keys = [];
    private readonly Dictionary<string, DateTimeOffset> _reach = [];
    private readonly Dictionary<string, Dictionary<long, Sighting>> _sightings = [];
    private readonly Dictionary<string, DateTimeOffset> _newestRecord = [];
    private readonly List<Finding> _findings = [];
    private readonly List<CanaryReturn> _returns = [];
    private readonly HashSet<string> _names = [];
    private readonly List<string> _newNames = [];
    private DateTimeOffset _now;

    /// <summary>In the order in which they were made.</summary>
    public IList<CanaryCall> Calls => _calls.Values;

    public CanaryCall? Last => _calls.Count > 0 ? _calls.Values[^1] : null;

    public bool HasChanges => _rows.HasChanges || _newNames.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (!options.IsOn)
            return;

        await CanaryRows.LoadAsync(connection, Remember, _reach, cancellationToken);
        _names.UnionWith(await OwnNames.ReadAsync(connection, cancellationToken));
    }

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _now = now;
        if (turn is Turn.ReadEnd end)
            Complete(end.Source, end.StartedAt);
        return Task.CompletedTask;
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await _rows.WriteAsync(transaction, cancellationToken);
        await OwnNames.WriteAsync(transaction, _newNames, cancellationToken);
        _newNames.Clear();
    }

    /// <summary>A canary that is about to be sent.</summary>
    public CanaryCall Issue(string keyArn, DateTimeOffset now)
    {
        Prune(now);
        var call = new CanaryCall((Last?.Sequence ?? 0) + 1, AttestationProof.NewNonce(), keyArn, now);
        Remember(call);
        _rows.Changed(call);
        return call;
    }

    /// <summary>How a call ended.</summary>
    public void Ended(long sequence, string? requestId, CanaryProblem? problem)
    {
        if (!_calls.TryGetValue(sequence, out var call))
            return;

        call.Outcome = problem is null ? CanaryOutcome.Answered : CanaryOutcome.Failed;
        call.RequestId = requestId;
        call.Problem = problem;
        Remember(call);
        _rows.Changed(call);
    }

    /// <summary>Looks for canaries in what a source brought, known records included: a copy of a record that another source brought first counts for this one.</summary>
    public void See(string source, IReadOnlyList<ParsedEvent> events)
    {
        foreach (var record in events.Select(item => item.Record).OfType<CloudTrailRecord>())
        {
            if (!(_newestRecord.TryGetValue(source, out var newest) && newest >= record.EventTime))
                _newestRecord[source] = record.EventTime;
            if (Brings(source) && Find(record) is { } call && !call.IsThrough(source) && IsOurs(record, call))
                SightingsOf(source).TryAdd(call.Sequence, new(_now, record.EventTime));
        }
    }

    /// <summary>A read of a source is complete, and with it what it brought back.</summary>
    /// <param name="source">Which.</param>
    /// <param name="startedAt">When the read began. A canary that was made later waits for the next: what came with it may stand where this one had been already.</param>
    private void Complete(string source, DateTimeOffset startedAt)
    {
        foreach (var (sequence, sighting) in SightingsOf(source).Where(pair => pair.Value.EventTime <= startedAt).ToList())
        {
            SightingsOf(source).Remove(sequence);
            if (!_calls.TryGetValue(sequence, out var call))
                continue;

            Pass(call, source, PassageState.Returned, sighting.SeenAt);
            Reach(source, sighting.EventTime);
            _returns.Add(new(source, sighting.SeenAt - call.CalledAt));
        }

        if (source == History && _reach.TryGetValue(History, out var reached))
        {
            // What a silent source does not bring, the event history has brought in its place.
            foreach (var silent in cursors.Completed.Where(read => read.Key != History && Brings(read.Key) && IsSilent(read.Key, read.Value)))
                Reach(silent.Key, reached);
        }
    }

    /// <summary>Whether a record is Sentinel's own canary, and so nobody's business but this book's.</summary>
    public bool Owns(CloudTrailRecord record)
    {
        if (!options.IsOn || record.EventSource != "kms.amazonaws.com")
            return false;

        if (Find(record) is not { } call)
            return record.KeyArns.Any(_keys.Contains) && verifier.Current?.Verify(record).Verdict == AttestationVerdict.Valid;
        if (!IsOurs(record, call))
            return false;

        if (call.EventTime is null)
        {
            call.EventTime = record.EventTime;
            _rows.Changed(call);
        }

        if (_names.Count < OwnNames.Most && StablePrincipal.Of(record.Identity) is var self && _names.Add(self))
            _newNames.Add(self);

        return true;
    }

    /// <summary>What is not ours: a use of the canary's key by somebody else.</summary>
    public void Study(Observation observation)
    {
        var record = observation.Record;
        if (!options.IsOn || !observation.IsKms || !CryptographicOperations.Contains(record.EventName) || record.KeyArns.FirstOrDefault(_keys.Contains) is not { } key)
            return;
        // Calls from before the first canary that this database knows of may be those of another database's canary.
        if (_calls.Count == 0 || record.EventTime < _calls.Values[0].CalledAt - AttestationVerifier.Freshness)
            return;

        _findings.Add(new(
            TrailBlinding.Id, AuditResource.GroupOf(key), _now, record.EventName,
            $"{observation.Principal} used the canary's key from {record.SourceIpAddress ?? "an unknown address"} (event {record.EventId}), which nobody but Sentinel has a use for: an attempt to imitate the canary?",
            key));
    }

    public IEnumerable<Finding> Findings()
    {
        var found = _findings.ToArray();
        _findings.Clear();
        return found;
    }

    /// <summary>Whether the canary is expected back through the source.</summary>
    public bool Brings(string source) => options.IsOn && !options.NotThrough.Contains(source, StringComparer.Ordinal);

    /// <summary>Event time of the newest canary that the source is known to have brought; null before the first.</summary>
    public DateTimeOffset? NewestReachOf(string source) => _reach.TryGetValue(source, out var reach) ? reach : null;

    /// <summary>Where the canary is expected back, the trail is complete up to the newest that came.</summary>
    public Reach? ReachOf(string source) => Brings(source) ? new(NewestReachOf(source), delivery.LateAfter + options.Interval) : null;

    /// <summary>Event time of the newest record that the source brought in this life of Sentinel.</summary>
    public DateTimeOffset? NewestRecordOf(string source) => _newestRecord.TryGetValue(source, out var newest) ? newest : null;

    /// <summary>The newest canary that came through the source.</summary>
    public CanaryCall? NewestThrough(string source) => _calls.Values.LastOrDefault(call => call.IsThrough(source));

    /// <summary>Answered canaries that the source should have brought by its last complete read, and has not. Those that are lost for good are among them.</summary>
    public IEnumerable<CanaryCall> Overdue(string source, DateTimeOffset read) =>
        _calls.Values.Where(call => call.Outcome == CanaryOutcome.Answered && call.CalledAt + delivery.LateAfter <= read && !call.IsThrough(source));

    /// <summary>Whether the source, by its last complete read, has stopped bringing canaries.</summary>
    public bool IsSilent(string source, DateTimeOffset read)
    {
        for (var index = _calls.Count - 1; index >= 0; index--)
        {
            var call = _calls.Values[index];
            if (call.IsThrough(source))
                return false;
            if (call.Outcome == CanaryOutcome.Answered && call.CalledAt + delivery.LateAfter <= read)
                return true;
        }

        return false;
    }

    /// <summary>Whether the event history is known to have the call.</summary>
    public bool IsInHistory(CanaryCall call) => call.IsThrough(History) || SightingsOf(History).ContainsKey(call.Sequence);

    /// <summary>How a canary fares on its way through a source.</summary>
    public void Pass(CanaryCall call, string source, PassageState state, DateTimeOffset at)
    {
        call.Passages[source] = new(state, at);
        _rows.Changed(call, source);
    }

    /// <summary>Canaries that came back since the last time this was asked.</summary>
    public IReadOnlyList<CanaryReturn> TakeReturns()
    {
        var taken = _returns.ToArray();
        _returns.Clear();
        return taken;
    }

    private CanaryCall? Find(CloudTrailRecord record)
    {
        if (record.EventSource != "kms.amazonaws.com" || record.EventName != Operation)
            return null;
        if (record.RequestId is { } request && _byRequest.TryGetValue(request, out var call))
            return call;
        return record.Context?[NonceName] is { } nonce && _byNonce.TryGetValue(nonce, out call) && IsContextOf(call, record) ? call : null;
    }

    private static bool IsContextOf(CanaryCall call, CloudTrailRecord record) =>
        record.KeyArns.Contains(call.KeyArn) && record.Context![SequenceName] == call.Sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>The request id is KMS's own word. Without it, the nonce must be fresh: once it stands on the trail, anybody can copy it.</summary>
    private bool IsOurs(CloudTrailRecord record, CanaryCall call) =>
        (record.RequestId is { } request && request == call.RequestId)
        || (verifier.Current?.Verify(record).Verdict is null or AttestationVerdict.Valid or AttestationVerdict.Stale or AttestationVerdict.Unverifiable
            && (record.EventTime - (call.EventTime ?? record.EventTime)).Duration() <= RetryWindow);

    private void Reach(string source, DateTimeOffset eventTime)
    {
        if (_reach.TryGetValue(source, out var reach) && reach >= eventTime)
            return;

        _reach[source] = eventTime;
        _rows.Reached(source, eventTime);
    }

    private void Remember(CanaryCall call)
    {
        _calls[call.Sequence] = call;
        _byNonce[call.Nonce] = call;
        _keys.Add(call.KeyArn);
        if (call.RequestId is { Length: > 0 } request)
            _byRequest[request] = call;
    }

    private void Prune(DateTimeOffset now)
    {
        foreach (var call in _calls.Values.Where(call => call.CalledAt < now - (call.EventTime is null ? turns.Retention : KeptAfterReturn)).ToList())
        {
            _calls.Remove(call.Sequence);
            _byNonce.Remove(call.Nonce);
            _byRequest.Remove(call.RequestId ?? "");
            _rows.Removed(call);
        }
    }

    private Dictionary<long, Sighting> SightingsOf(string source)
    {
        if (!_sightings.TryGetValue(source, out var sightings))
            _sightings.Add(source, sightings = []);
        return sightings;
    }

    private readonly record struct Sighting(DateTimeOffset SeenAt, DateTimeOffset EventTime);
}

/// <summary>A canary came back.</summary>
/// <param name="Source">Through which source.</param>
/// <param name="Lag">From the call to the sight of its record, on Sentinel's own clock.</param>
internal readonly record struct CanaryReturn(string Source, TimeSpan Lag);
