namespace KmsLab.Sentinel.Leadership;

/// <summary>A time for which one process leads. All that it writes is checked against the epoch, so what a former leader still writes is refused.</summary>
internal sealed class Term : IDisposable
{
    private readonly CancellationTokenSource _lost = new();

    /// <param name="holder">The process, as the lease names it.</param>
    /// <param name="epoch">Grows with each change of holder.</param>
    public Term(string holder, long epoch) => (Holder, Epoch, Lost) = (holder, epoch, _lost.Token);

    public string Holder { get; }

    public long Epoch { get; }

    /// <summary>Cancelled when the term is over, as far as this process knows.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _lost.Cancel();
        _lost.Dispose();
    }
}
