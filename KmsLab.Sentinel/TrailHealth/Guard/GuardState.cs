namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>What the running process knows of its guard beside the database; safe to read from any thread.</summary>
internal sealed class GuardState
{
    private volatile GuardLookState _last = new(null, []);

    public GuardLookState Last { get => _last; set => _last = value; }
}

/// <summary>The last look, and the calls that did not succeed.</summary>
internal sealed record GuardLookState(DateTimeOffset? At, IReadOnlyList<GuardProblem> Problems);
