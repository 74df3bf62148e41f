namespace KmsLab.Simulator.Live;

/// <summary>How to put right what a run changed and has not put right yet. It is asked for at the end, whatever happened.</summary>
internal sealed class Undo
{
    private readonly List<(string What, Func<CancellationToken, Task> Restore)> _pending = [];

    /// <summary>Remembers one, unless the same thing is to be put right already.</summary>
    /// <param name="what">What was changed, such as <c>policy</c>.</param>
    /// <param name="restore">Puts it back as it was before the run.</param>
    public void Add(string what, Func<CancellationToken, Task> restore)
    {
        if (_pending.All(one => one.What != what))
            _pending.Add((what, restore));
    }

    /// <summary>Puts one thing right, if it has to be.</summary>
    public async Task RestoreAsync(string what, CancellationToken cancellationToken)
    {
        var at = _pending.FindIndex(one => one.What == what);
        if (at < 0)
            return;

        await _pending[at].Restore(cancellationToken);
        _pending.RemoveAt(at);
    }

    /// <summary>Puts right what is left, the latest first. One failure does not keep the others from it.</summary>
    /// <returns>What could not be put right, and why.</returns>
    public async Task<IReadOnlyList<string>> RestoreAllAsync(CancellationToken cancellationToken)
    {
        List<string> failures = [];
        for (; _pending.Count > 0; _pending.RemoveAt(_pending.Count - 1))
        {
            try
            {
                await _pending[^1].Restore(cancellationToken);
            }
            catch (Exception problem) // An edge: the rest has to be tried, and all that failed is told.
            {
                failures.Add($"{_pending[^1].What} could not be put right: {problem.Message}");
            }
        }

        return failures;
    }
}
