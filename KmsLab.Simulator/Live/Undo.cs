namespace KmsLab.Simulator.Live;

/// <summary>How to put right what a run changed and has not put right yet. It is asked for at the end, whatever happened.</summary>
internal sealed class Undo
{
    private readonly List<(string What, string ByHand, Func<CancellationToken, Task> Restore)> _pending = [];

    /// <summary>Remembers one, unless the same thing is to be put right already.</summary>
    /// <param name="what">What was changed, such as <c>policy</c>.</param>
    /// <param name="byHand">The command that does the same, for when it fails.</param>
    /// <param name="restore">Puts it back as it was before the run.</param>
    public void Add(string what, string byHand, Func<CancellationToken, Task> restore)
    {
        if (_pending.All(one => one.What != what))
            _pending.Add((what, byHand, restore));
    }

    /// <summary>Puts one thing right, if it has to be.</summary>
    /// <remarks>Not to be cancelled: nobody could tell whether a call that was given up was made, and a second one may be refused.</remarks>
    public async Task RestoreAsync(string what)
    {
        var at = _pending.FindIndex(one => one.What == what);
        if (at < 0)
            return;

        await _pending[at].Restore(CancellationToken.None);
        _pending.RemoveAt(at);
    }

    /// <summary>Puts right what is left, the latest first. One failure does not keep the others from it.</summary>
    /// <returns>What could not be put right, why, and the command that does it by hand; two lines each.</returns>
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
                var why = problem is OperationCanceledException ? "it took too long" : problem.Message.TrimEnd('.');
                failures.Add($"Not put right: {_pending[^1].What}, because {why}. By hand:\n  {_pending[^1].ByHand}");
            }
        }

        return failures;
    }
}
