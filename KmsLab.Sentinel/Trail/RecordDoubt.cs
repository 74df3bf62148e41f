namespace KmsLab.Sentinel.Trail;

/// <summary>Why a record may be forged: <c>PutLogEvents</c> reaches the trail's log group, and leaves no record itself.</summary>
internal enum RecordDoubt
{
    None,

    /// <summary>Another record with the same eventID says something else.</summary>
    SameEventId,

    /// <summary>Another record with the same sharedEventID is no copy for the other account.</summary>
    SameSharedEventId,

    /// <summary>It claims to correct another record, and says something else than that.</summary>
    Correction,
}
