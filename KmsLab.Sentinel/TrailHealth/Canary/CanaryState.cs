namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>What the running process knows of its canary beside the database; safe to read from any thread.</summary>
internal sealed class CanaryState
{
    private volatile string? _keyArn;
    private volatile string? _keyProblem;
    private volatile string? _historyProblem;

    /// <summary>The key, once it was found.</summary>
    public string? KeyArn { get => _keyArn; set => _keyArn = value; }

    /// <summary>Why it was not found.</summary>
    public string? KeyProblem { get => _keyProblem; set => _keyProblem = value; }

    /// <summary>Why the event history can't be read; null when it can, or was not asked.</summary>
    public string? HistoryProblem { get => _historyProblem; set => _historyProblem = value; }
}
