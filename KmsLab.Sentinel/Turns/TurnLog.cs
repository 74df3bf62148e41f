namespace KmsLab.Sentinel.Turns;

/// <summary>The steps of a turn, in order.</summary>
internal enum TurnStep
{
    Read,
    Parsed,
    Deduplicated,
    Counted,
    Evaluated,

    /// <summary>State and outbox are written, and not committed yet.</summary>
    Written,
    Committed,

    /// <summary>A notification is sent, and not marked as sent yet.</summary>
    Sent,
    Marked,
}

/// <summary>Traces where a turn is; tests crash it there.</summary>
internal static partial class TurnLog
{
    [LoggerMessage(Level = LogLevel.Trace, Message = "{Step}")]
    public static partial void Reached(ILogger logger, TurnStep step);
}
