namespace KmsLab.Sentinel.Jobs;

/// <summary>Something slow, such as a call to AWS, that runs beside the loop: started in one round, its outcome taken in a later one.</summary>
/// <remarks>For one caller at a time. What it did is told to the pipeline by whoever takes the outcome, so that a Sentinel that lost its lease meanwhile commits nothing of it.</remarks>
internal sealed class BackgroundCall<T>(TimeSpan patience, TimeProvider time)
{
    private Task<T>? _running;

    /// <summary>Tells whether it is under way, or done and its outcome not taken yet.</summary>
    public bool IsOut => _running is not null;

    /// <summary>Sets out, unless it is out already.</summary>
    public void Start(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) => _running ??= RunAsync(work, cancellationToken);

    /// <summary>Takes the outcome if there is one.</summary>
    /// <exception cref="Exception">What the work threw; a <see cref="TimeoutException"/> when it took too long.</exception>
    public bool TryTake(out T outcome)
    {
        outcome = default!;
        if (_running is not { IsCompleted: true } done)
            return false;

        _running = null;
        outcome = done.GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Takes the outcome if there is one and the work did not fail.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="again">Called when it was under way while this Sentinel stopped leading, and leads again: it has to be asked anew.</param>
    /// <param name="failed">Called with what the work threw.</param>
    public bool TryTake(out T outcome, Action again, Action<Exception> failed)
    {
        try
        {
            return TryTake(out outcome);
        }
        catch (OperationCanceledException)
        {
            again();
        }
        catch (Exception problem) // The edge of the work: whoever asked for it says what that means.
        {
            failed(problem);
        }

        outcome = default!;
        return false;
    }

    private async Task<T> RunAsync(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await Task.Run(() => work(either.Token), either.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {patience.TotalSeconds:0} s.", late);
        }
    }
}
