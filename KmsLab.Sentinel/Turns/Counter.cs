using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.Turns;

/// <summary>What is counted for good.</summary>
internal enum Counter
{
    /// <summary>Records counted, each once.</summary>
    Counted,

    /// <summary>Log events that are no usable record, each once.</summary>
    Malformed,

    /// <summary>Events that a sweep found first, each once.</summary>
    Late,

    /// <summary>Records older than is kept, each once.</summary>
    TooLate,

    /// <summary>Calls counted in the series Other.</summary>
    Overflowed,

    // Cryptographic calls on protected keys by what their proof said, each once.
    AttestationValid,
    AttestationAbsent,
    AttestationForged,
    AttestationStale,
    AttestationReplayed,
    AttestationUnverifiable,

    /// <summary>Records that CloudTrail corrected, each once: the correction counts instead.</summary>
    Replaced,

    /// <summary>NetworkActivity records of calls that have a management record as well, each once.</summary>
    Twins,

    /// <summary>Records that stand in log streams that are none of CloudTrail's, each once: they are told of, and not believed.</summary>
    Unbelieved,

    /// <summary>In a replay: events that the files hold.</summary>
    Read,

    /// <summary>In a replay: records that were read before, and originals whose correction counts.</summary>
    Duplicates,

    /// <summary>In a replay: records outside of the time asked for.</summary>
    Outside,

    /// <summary>In a replay: records of services that no detection looks at.</summary>
    Ignored,
}

/// <summary>Says which counter a verdict counts for.</summary>
internal static class CounterNames
{
    public static Counter Of(AttestationVerdict verdict) => verdict switch
    {
        AttestationVerdict.Valid => Counter.AttestationValid,
        AttestationVerdict.Absent => Counter.AttestationAbsent,
        AttestationVerdict.Forged => Counter.AttestationForged,
        AttestationVerdict.Stale => Counter.AttestationStale,
        AttestationVerdict.Replayed => Counter.AttestationReplayed,
        _ => Counter.AttestationUnverifiable,
    };
}
