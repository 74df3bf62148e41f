using System.Data.Common;
using System.Text;
using System.Text.Json;
using Dapper;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>
/// Which proofs were used, and whether one was used twice by something that is no SDK retry. The first use becomes evidence when the second comes, in
/// whatever order and after whatever restart.
/// </summary>
/// <remarks>
/// A use is forgotten once the trail is known to be complete past the time at which its proof was fresh: no second one can be fresh then. Beyond
/// <see cref="AttestationOptions.MaxProofs"/> proofs the oldest go first.
/// </remarks>
internal sealed class ProofUses(AttestationOptions options) : ITurnPart
{
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromSeconds(30);

    private readonly ReplayWatch _watch = new(options.Attempts);
    private readonly Dictionary<RecordId, KeptUse> _uses = [];
    private readonly List<KeptUse> _new = [];
    private readonly List<Finding> _findings = [];
    private DateTimeOffset _forgotten;
    private bool _hasForgotten;

    public bool HasChanges => _new.Count > 0 || _hasForgotten;

    public int Count => _uses.Count;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(byte[] Record, string KeyId, string Nonce, long Signed, byte[] Call, long At, string Set, string Evidence)>(
            new CommandDefinition("SELECT record_id, key_id, nonce, signed_at, call, at, set_name, evidence FROM proof_use", cancellationToken: cancellationToken));
        foreach (var (record, keyId, nonce, signed, call, at, set, evidence) in rows)
        {
            var kept = new KeptUse(
                new(keyId, nonce, Instant(signed), RecordId.FromBytes(record), RecordId.FromBytes(call), Instant(at)), set, Encoding.UTF8.GetBytes(evidence));
            var use = kept.Use with { Succeeded = kept.ReadEvidence().ErrorCode is null };
            _uses[use.Record] = kept with { Use = use };
            _watch.Add(use);
        }
    }

    public void Study(Observation observation)
    {
        if (observation is not { Attestation: AttestationVerdict.Valid, Proof: { } proof, Set: { } set })
            return;

        var use = ProofUse.Of(observation.Record, proof);
        var kept = new KeptUse(use, set.Name, JsonSerializer.SerializeToUtf8Bytes(Evidence.Of(observation.Record, observation.Principal, observation.Attestation), StoredJson.Default.Evidence));
        _uses[use.Record] = kept;
        _new.Add(kept);
        foreach (var replay in _watch.Add(use))
        {
            if (replay == use.Record)
                observation.Attestation = AttestationVerdict.Replayed;
            else if (_uses.TryGetValue(replay, out var earlier))
                _findings.Add(earlier.ToFinding());
        }

        if (use.Succeeded && observation.Attestation == AttestationVerdict.Valid)
            observation.Repetitions = _watch.SuccessesOf(use) - 1;
    }

    public IEnumerable<Finding> Findings()
    {
        Finding[] findings = [.. _findings];
        _findings.Clear();
        return findings;
    }

    public void Advance(TurnMoment moment)
    {
        if (moment.Watermark.Known - AttestationVerifier.Freshness is { } floor && floor - _forgotten >= ForgetEvery)
            Forget(floor);
        if (_uses.Count > options.MaxProofs)
            Forget(_uses.Values.Select(use => use.Use.Signed).Order().ElementAt(_uses.Count - (options.MaxProofs / 10 * 9)));
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "proof_use (record_id, key_id, nonce, signed_at, call, at, set_name, evidence)", "ON CONFLICT DO NOTHING",
            _new.Select(kept => new object[]
            {
                kept.Use.Record.ToBytes(), kept.Use.KeyId, kept.Use.Nonce, kept.Use.Signed.ToUnixTimeMilliseconds(), kept.Use.Call.ToBytes(), kept.Use.At.ToUnixTimeMilliseconds(),
                kept.Set, Encoding.UTF8.GetString(kept.Evidence),
            }),
            cancellationToken);
        if (_hasForgotten)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM proof_use WHERE signed_at < @floor", new { floor = _forgotten.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken));
        }

        _new.Clear();
        _hasForgotten = false;
    }

    private void Forget(DateTimeOffset floor)
    {
        _watch.ForgetBefore(floor);
        foreach (var (id, kept) in _uses)
        {
            if (kept.Use.Signed < floor)
                _uses.Remove(id);
        }

        _forgotten = floor;
        _hasForgotten = true;
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    /// <param name="Use">The use.</param>
    /// <param name="Set">The protected set of its key.</param>
    /// <param name="Evidence">The record's summary, as JSON: few are ever looked at, so they are kept small.</param>
    private sealed record KeptUse(ProofUse Use, string Set, byte[] Evidence)
    {
        public Evidence ReadEvidence() => JsonSerializer.Deserialize(Evidence, StoredJson.Default.Evidence)!;

        public Finding ToFinding()
        {
            var evidence = ReadEvidence();
            return new("replayed-attestation", ReplayedAttestation.GroupOf(Set), evidence.EventTime, evidence.EventName, "its proof was used again", evidence.KeyArn)
            {
                Record = evidence with { Attestation = AttestationVerdict.Replayed, Detail = "its proof was used for another call too" },
            };
        }
    }
}
