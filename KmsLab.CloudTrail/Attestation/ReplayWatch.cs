using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>Finds proofs that were used for more than one call, in whatever order their records arrive.</summary>
/// <remarks>
/// An SDK that retries sends one proof several times, so records that share a nonce may be one call: then operation, keys and contexts, access key and
/// source address are equal, they lie within <see cref="RetryWindow"/>, and there are no more of them than the SDK makes attempts. If any of that
/// fails, nobody can tell which use was the first, and all of them are evidence. Only records whose proof verified belong in here: a stranger
/// could otherwise accuse the application by copying its nonces.
/// </remarks>
/// <param name="attempts">The most attempts that the application's SDK makes for one call.</param>
public sealed class ReplayWatch(int attempts = 3)
{
    /// <summary>How far the attempts of one call may lie apart.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(string KeyId, string Nonce), Uses> _uses = [];

    /// <summary>How many nonces are remembered.</summary>
    public int Count => _uses.Count;

    /// <summary>Takes note of a record whose proof verified. The same record again changes nothing.</summary>
    /// <returns>The records that are known as replays because of this one: none, all that share the nonce, or this one if the others were known already.</returns>
    public IReadOnlyList<RecordId> Add(CloudTrailRecord record, AttestationProof proof) => Add(ProofUse.Of(record, proof));

    /// <summary>Takes note of a use that is kept somewhere.</summary>
    /// <returns>As for a record.</returns>
    public IReadOnlyList<RecordId> Add(ProofUse use)
    {
        var nonce = (use.KeyId, use.Nonce);
        if (!_uses.TryGetValue(nonce, out var uses))
            _uses.Add(nonce, uses = new(use.Signed, use.Call));
        return uses.Add(use, attempts);
    }

    /// <summary>How many of the uses of a proof that are known succeeded: an SDK repeats what failed, or what it had no answer to.</summary>
    public int SuccessesOf(ProofUse use) => _uses.TryGetValue((use.KeyId, use.Nonce), out var uses) ? uses.Successes : 0;

    /// <summary>
    /// Forgets proofs signed before <paramref name="time"/>: when the trail is known to be complete up to T, those before T less
    /// <see cref="AttestationVerifier.Freshness"/> can't turn up as fresh any more.
    /// </summary>
    public void ForgetBefore(DateTimeOffset time)
    {
        foreach (var (nonce, uses) in _uses)
        {
            if (uses.Signed < time)
                _uses.Remove(nonce);
        }
    }

    private sealed class Uses(DateTimeOffset signed, RecordId call)
    {
        private readonly List<RecordId> _records = [];
        private DateTimeOffset _earliest = DateTimeOffset.MaxValue;
        private DateTimeOffset _latest = DateTimeOffset.MinValue;
        private bool _replayed;

        public DateTimeOffset Signed => signed;

        public int Successes { get; private set; }

        public IReadOnlyList<RecordId> Add(ProofUse use, int attempts)
        {
            if (_records.Contains(use.Record))
                return [];

            _records.Add(use.Record);
            Successes += use.Succeeded ? 1 : 0;
            _earliest = use.At < _earliest ? use.At : _earliest;
            _latest = use.At > _latest ? use.At : _latest;
            if (_replayed)
                return [use.Record];

            _replayed = use.Call != call || _latest - _earliest > RetryWindow || _records.Count > attempts;
            return _replayed ? [.. _records] : [];
        }
    }
}
