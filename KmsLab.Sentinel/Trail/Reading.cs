namespace KmsLab.Sentinel.Trail;

/// <summary>Whether a reader knows the record that it reads.</summary>
internal enum ReadingKind
{
    /// <summary>It has read it today.</summary>
    Repeated,

    /// <summary>It has read it in the last 31 days, and not today.</summary>
    FirstToday,

    /// <summary>It has not read it in the last 31 days.</summary>
    New,
}

/// <summary>The reading of a protected record.</summary>
/// <param name="Reader">Its set, principal and client.</param>
/// <param name="Kind">Whether the reader knows the record.</param>
/// <param name="IsNewcomer">
/// Whether the reader came when its set was known already. The others are taken for normal until they are known: at Sentinel's first start everybody is new.
/// </param>
internal sealed record Reading(DetectionGroup Reader, ReadingKind Kind, bool IsNewcomer)
{
    /// <summary>The group of all clients of the principal that are new today; null when the reader is none of these, or reads enough to stand for itself.</summary>
    public DetectionGroup? NewClients { get; init; }

    /// <summary>The group in which new clients of the principal are counted, at the first reading that is known of one; else null.</summary>
    public DetectionGroup? FirstOfClient { get; init; }

    /// <summary>The group of all clients of the principal together; null when the reader is no client.</summary>
    public DetectionGroup? AllClients { get; init; }
}
