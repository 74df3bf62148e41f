using System.Text;
using KmsLab.CloudTrail.Records;

namespace KmsLab.CloudTrail.Attestation;

/// <summary>One record that carries a proof, as far as replays go: small enough to be kept for each call.</summary>
/// <param name="KeyId">The proof's key.</param>
/// <param name="Nonce">The proof's nonce.</param>
/// <param name="Signed">When it was signed.</param>
/// <param name="Record">The record.</param>
/// <param name="Call">What the attempts of one call have in common, hashed: operation, keys, contexts, access key and source address.</param>
/// <param name="At">Event time.</param>
/// <param name="Succeeded">Whether the call succeeded.</param>
public readonly record struct ProofUse(string KeyId, string Nonce, DateTimeOffset Signed, RecordId Record, RecordId Call, DateTimeOffset At, bool Succeeded = true)
{
    /// <summary>The use of <paramref name="proof"/> that <paramref name="record"/> is.</summary>
    public static ProofUse Of(CloudTrailRecord record, AttestationProof proof) =>
        new(proof.KeyId, proof.Nonce, proof.Time, record.Id, CallOf(record), record.EventTime, record.ErrorCode is null);

    private static RecordId CallOf(CloudTrailRecord record)
    {
        var call = new StringBuilder();
        foreach (var part in (IEnumerable<string?>)
                 [
                     record.EventName, record.Identity.AccessKeyId, record.SourceIpAddress, record.Context?.ToString(), record.DestinationContext?.ToString(), .. record.KeyArns,
                 ])
        {
            // Lengths before values: no value can imitate another call.
            call.Append(part?.Length ?? -1).Append(':').Append(part).Append(';');
        }

        return RecordId.Hash(Encoding.UTF8.GetBytes(call.ToString()));
    }
}
