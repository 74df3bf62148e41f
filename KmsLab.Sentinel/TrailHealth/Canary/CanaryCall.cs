namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>How a canary call ended.</summary>
internal enum CanaryOutcome
{
    /// <summary>It is under way, or Sentinel died before it knew: its record may come, and is not missed.</summary>
    Unknown,

    /// <summary>KMS answered: its record must come.</summary>
    Answered,

    /// <summary>KMS refused, or was out of reach: its record may come, and is not missed.</summary>
    Failed,
}

/// <summary>How a canary fared on its way through one source.</summary>
internal enum PassageState
{
    /// <summary>The source brought its record.</summary>
    Returned,

    /// <summary>The event history has its record, and the source has not brought it in time.</summary>
    Bypassed,

    /// <summary>It never came through the source, and that was said.</summary>
    Lost,
}

/// <summary>A passage, since when.</summary>
internal readonly record struct CanaryPassage(PassageState State, DateTimeOffset At);

/// <summary>One canary call and what is known of its record.</summary>
internal sealed class CanaryCall(long sequence, string nonce, string keyArn, DateTimeOffset calledAt)
{
    /// <summary>Counts the calls, from 1.</summary>
    public long Sequence => sequence;

    /// <summary>Random; in the encryption context, where the record shows it.</summary>
    public string Nonce => nonce;

    public string KeyArn => keyArn;

    /// <summary>When it was made, by Sentinel's clock.</summary>
    public DateTimeOffset CalledAt => calledAt;

    public CanaryOutcome Outcome { get; set; }

    /// <summary>The id that KMS gave the call, which its record carries.</summary>
    public string? RequestId { get; set; }

    /// <summary>Why it failed.</summary>
    public CanaryProblem? Problem { get; set; }

    /// <summary>When KMS says that it was made, once its record was seen; whole seconds, by KMS's clock.</summary>
    public DateTimeOffset? EventTime { get; set; }

    /// <summary>By source.</summary>
    public Dictionary<string, CanaryPassage> Passages { get; } = [];

    public bool IsThrough(string source) => Passages.TryGetValue(source, out var passage) && passage.State == PassageState.Returned;

    /// <summary>Whether nothing more is to be found out about its way through the source.</summary>
    public bool IsSettled(string source) => Passages.TryGetValue(source, out var passage) && passage.State != PassageState.Bypassed;
}

/// <summary>Why a canary could not be made.</summary>
/// <param name="Text">For people.</param>
/// <param name="IsTransient">Whether it may pass by itself: KMS throttles or is out of reach. Otherwise somebody took away the key or the right to use it.</param>
internal sealed record CanaryProblem(string Text, bool IsTransient);
