using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.Rates;

/// <summary>What a turn adds to a principal's use of a key on one day. Times are Unix milliseconds.</summary>
internal sealed class KeyUse
{
    public long Calls { get; private set; }

    public long Errors { get; private set; }

    /// <summary>Calls with a valid proof.</summary>
    public long Attested { get; private set; }

    /// <summary>Calls whose proof was absent, forged, stale or replayed.</summary>
    public long Unattested { get; private set; }

    /// <summary>Calls whose record lacks what the proof is about.</summary>
    public long Unverifiable { get; private set; }

    public long First { get; private set; } = long.MaxValue;

    public long Last { get; private set; } = long.MinValue;

    public void Add(long at, bool succeeded, AttestationVerdict? verdict)
    {
        Calls++;
        Errors += succeeded ? 0 : 1;
        First = Math.Min(First, at);
        Last = Math.Max(Last, at);
        switch (verdict)
        {
            case null:
                break;
            case AttestationVerdict.Valid:
                Attested++;
                break;
            case AttestationVerdict.Unverifiable:
                Unverifiable++;
                break;
            default:
                Unattested++;
                break;
        }
    }
}
