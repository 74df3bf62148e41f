namespace KmsLab.Sentinel.Publishing;

/// <summary>How an attempt to send ended.</summary>
/// <param name="Kind">What comes next.</param>
/// <param name="Problem">What went wrong, in words that anybody may read: in the log, the database and the API.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone.</param>
internal readonly record struct SendOutcome(SendOutcomeKind Kind, string? Problem = null, TimeSpan? RetryAfter = null)
{
    public static SendOutcome Sent => new(SendOutcomeKind.Sent);

    /// <summary>It may arrive if it is tried again.</summary>
    public static SendOutcome Failed(string problem, TimeSpan? retryAfter = null) => new(SendOutcomeKind.Failed, problem, retryAfter);

    /// <summary>It will never arrive, however often it is tried.</summary>
    public static SendOutcome Refused(string problem) => new(SendOutcomeKind.Refused, problem);
}

/// <summary>How an attempt to send ended.</summary>
internal enum SendOutcomeKind
{
    /// <summary>The receiver has it.</summary>
    Sent,

    /// <summary>Nobody knows, or not yet: try again.</summary>
    Failed,

    /// <summary>The receiver won't have it.</summary>
    Refused,
}
