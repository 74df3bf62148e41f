using System.Security.Cryptography;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>What a record's proof says about who made the call.</summary>
public enum AttestationVerdict
{
    /// <summary>The application made this very call, then.</summary>
    Valid,

    /// <summary>There is no proof: anybody with credentials may have made it.</summary>
    Absent,

    /// <summary>There is something that looks like a proof, but no known key signed it for this call.</summary>
    Forged,

    /// <summary>A proof for this call, but from another time.</summary>
    Stale,

    /// <summary>A proof that other records carry too, and not because the SDK retried (<see cref="ReplayWatch"/>).</summary>
    Replayed,

    /// <summary>The record lacks the fields that the proof is about, as those of denied calls may.</summary>
    Unverifiable,
}

/// <summary>The verdict on a record, with the proof that it rests on, if there is a well-formed one.</summary>
public readonly record struct Attestation(AttestationVerdict Verdict, AttestationProof? Proof = null);

/// <summary>A public key that proofs may be signed with.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="PublicKeyPem">An ECDSA P-256 public key in PEM.</param>
public sealed record AttestationPublicKey(string KeyId, string PublicKeyPem);

/// <summary>
/// Checks, for a CloudTrail record of KMS, whether the application made the call. Holds public keys only; several at once, so that keys can be rotated.
/// Not safe for several threads at once.
/// </summary>
/// <remarks>
/// It sees one record at a time. Whether a valid proof was used for a second call is <see cref="ReplayWatch"/>'s question. Freshness is measured against
/// the record's own time, never the reader's clock: a record may be read hours later.
/// </remarks>
public sealed class AttestationVerifier : IDisposable
{
    /// <summary>How far a proof's seconds may lie from the record's eventTime, to either side.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, ECDsa> _keys = new(StringComparer.Ordinal);

    /// <summary>Reads the keys.</summary>
    /// <exception cref="ArgumentException">A key is no P-256 key, or two have one id.</exception>
    public AttestationVerifier(IEnumerable<AttestationPublicKey> keys)
    {
        foreach (var key in keys)
            _keys.Add(key.KeyId, AttestationKeys.ImportP256(key.PublicKeyPem));
    }

    /// <summary>Judges one record.</summary>
    public Attestation Verify(CloudTrailRecord record)
    {
        if (record.UserAgent is not { } userAgent || !userAgent.Contains(AttestationProof.Marker, StringComparison.Ordinal))
            return new(AttestationVerdict.Absent);

        var proofs = AttestationProof.FindAll(userAgent);
        if (proofs.Count == 0)
            return new(AttestationVerdict.Forged); // A proof cut short or made up: ours are never cut, a User-Agent may have a kilobyte.

        var call = AttestedCall.Of(record);
        foreach (var proof in proofs)
        {
            if (IsSigned(call, proof))
                return new((record.EventTime - proof.Time).Duration() <= Freshness ? AttestationVerdict.Valid : AttestationVerdict.Stale, proof);
        }

        return new(LacksFields(record) ? AttestationVerdict.Unverifiable : AttestationVerdict.Forged, proofs[0]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
    }

    private bool IsSigned(AttestedCall call, AttestationProof proof) =>
        _keys.TryGetValue(proof.KeyId, out var key)
        && key.VerifyData(call.ToSignedBytes(proof), proof.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Records of denied calls may have no request parameters and no resources; others have both.</summary>
    private static bool LacksFields(CloudTrailRecord record) =>
        record.KeyArns.Count == 0 || (record.Context is null && record.ErrorCode is ("AccessDenied" or "AccessDeniedException"));
}
