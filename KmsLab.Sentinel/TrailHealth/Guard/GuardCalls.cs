using Amazon.Runtime;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>How a call of the guard's ended.</summary>
internal enum GuardOutcome
{
    Answered,

    /// <summary>What it asks about does not exist.</summary>
    Gone,

    /// <summary>Denied, failed, or not made because it was denied a moment ago: nobody knows.</summary>
    Unknown,
}

/// <summary>Makes the guard's calls: none of them is fatal, each failure is visible, and none raises an alarm of its own. Safe for looks and surveys at once.</summary>
/// <remarks>
/// A call that KMS refuses is an error on the trail, and two within a minute are a burst. So after one, KMS is left alone for a while longer than that,
/// and the same call for longer still.
/// </remarks>
internal sealed class GuardCalls(GuardOptions options, TimeProvider time)
{
    private static readonly TimeSpan KmsPause = TimeSpan.FromSeconds(70);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Action, string Resource), DateTimeOffset> _notBefore = [];
    private readonly Dictionary<(string Action, string Resource), GuardProblem> _problems = [];
    private readonly List<string> _refused = [];
    private DateTimeOffset _kmsNotBefore;

    /// <summary>Request ids of calls that were refused since the last time this was asked.</summary>
    public IReadOnlyList<string> TakeRefused()
    {
        lock (_lock)
        {
            var taken = _refused.ToArray();
            _refused.Clear();
            return taken;
        }
    }

    /// <summary>What went wrong and has not gone right since.</summary>
    public IReadOnlyList<GuardProblem> Problems
    {
        get
        {
            lock (_lock)
                return [.. _problems.Values];
        }
    }

    /// <summary>Makes a call, and notes among <paramref name="facts"/> whether Sentinel may.</summary>
    public async Task<(T? Answer, GuardOutcome Outcome)> AskAsync<T>(string action, string resource, List<GuardFact> facts, Func<Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        if (IsWaiting(action, resource))
            return (null, GuardOutcome.Unknown);

        try
        {
            var answer = await call();
            lock (_lock)
                _problems.Remove((action, resource));
            facts.Add(new(resource, action, GuardAspect.Allowed));
            return (answer, GuardOutcome.Answered);
        }
        catch (AmazonServiceException refused)
        {
            return (null, Refused(refused, action, resource, facts));
        }
        // The edge: one call that fails must not keep the others from being made.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            Note(action, resource, $"{problem.GetType().Name}: {problem.Message}");
            return (null, GuardOutcome.Unknown);
        }
    }

    private bool IsWaiting(string action, string resource)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            return (IsKms(action) && now < _kmsNotBefore) || (_notBefore.TryGetValue((action, resource), out var notBefore) && now < notBefore);
    }

    private GuardOutcome Refused(AmazonServiceException refused, string action, string resource, List<GuardFact> facts)
    {
        var isDenied = refused.ErrorCode is "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation";
        var isGone = refused.ErrorCode is "TrailNotFoundException" or "ResourceNotFoundException" or "NotFoundException";
        if (isDenied)
            facts.Add(new(resource, action, GuardAspect.Denied));
        lock (_lock)
        {
            if (isDenied || (isGone && IsKms(action)))
                _notBefore[(action, resource)] = time.GetUtcNow() + options.DeniedRetry;
            if (refused.RequestId is { Length: > 0 } request)
                _refused.Add(request);
            if (IsKms(action))
                _kmsNotBefore = time.GetUtcNow() + KmsPause;
        }

        Note(action, resource, isDenied ? $"denied to Sentinel: allow {action} to its role" : $"{refused.ErrorCode ?? refused.GetType().Name}: {refused.Message}");
        return isGone ? GuardOutcome.Gone : GuardOutcome.Unknown;
    }

    private void Note(string action, string resource, string problem)
    {
        lock (_lock)
            _problems[(action, resource)] = new(action, resource, problem);
    }

    private static bool IsKms(string action) => action.StartsWith("kms:", StringComparison.Ordinal);
}
