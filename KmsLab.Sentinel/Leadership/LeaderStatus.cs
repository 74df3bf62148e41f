namespace KmsLab.Sentinel.Leadership;

/// <summary>Whether this process leads, as far as it knows; safe to use from any thread.</summary>
internal sealed partial class LeaderStatus(ILogger<LeaderStatus> logger)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<Term> _next = NewSource();
    private volatile Term? _current;

    /// <summary>How the lease names this process.</summary>
    public string Self { get; } = LeaseHolder.New().ToString();

    /// <summary>The term in which it leads; null while it stands by.</summary>
    public Term? Current => _current;

    /// <summary>The term in which it leads.</summary>
    /// <exception cref="NotLeadingException">It stands by.</exception>
    public Term Required => _current ?? throw new NotLeadingException();

    /// <summary>Waits until it leads.</summary>
    public Task<Term> WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _current is { } term ? Task.FromResult(term) : _next.Task.WaitAsync(cancellationToken);
    }

    /// <summary>It leads from now on.</summary>
    public void Begin(Term term)
    {
        lock (_lock)
        {
            _current = term;
            _next.SetResult(term);
        }

        Log.Leads(logger, Self, term.Epoch);
    }

    /// <summary>Somebody else has begun a term. Said once, whoever notices it first.</summary>
    public void Lose(Term term)
    {
        if (End(term))
            Log.Lost(logger, term.Epoch);
    }

    /// <summary>It stops, and no longer leads.</summary>
    public bool End(Term term)
    {
        lock (_lock)
        {
            if (_current != term)
                return false;

            _current = null;
            _next = NewSource();
        }

        term.Dispose();
        return true;
    }

    private static TaskCompletionSource<Term> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Leading as {Holder}, term {Epoch}.")]
        public static partial void Leads(ILogger logger, string holder, long epoch);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Another Sentinel has taken over: term {Epoch} is over. What was under way is thrown away; standing by.")]
        public static partial void Lost(ILogger logger, long epoch);
    }
}
