namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>Messages that are worked on together: hidden from others meanwhile, and given back if the work breaks off.</summary>
internal sealed class MessageBatch : IAsyncDisposable
{
    private readonly TrailQueue _queue;
    private readonly HashSet<QueuedMessage> _open;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _keep;

    public MessageBatch(TrailQueue queue, IEnumerable<QueuedMessage> messages, TimeProvider time)
    {
        (_queue, _open) = (queue, [.. messages]);
        _keep = KeepAsync(time);
    }

    public Task DeleteAsync(QueuedMessage message, CancellationToken cancellationToken) =>
        CloseAsync(message, () => _queue.DeleteAsync(message, cancellationToken));

    public Task SetAsideAsync(QueuedMessage message, string reason, CancellationToken cancellationToken) =>
        CloseAsync(message, () => _queue.SetAsideAsync(message, reason, cancellationToken));

    public Task RetryAsync(QueuedMessage message, CancellationToken cancellationToken) =>
        CloseAsync(message, () => _queue.RetryAsync(message, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _keep;
        _over.Dispose();
        try
        {
            await _queue.ReturnAsync(_open);
        }
        // The queue shows them again by itself, a little later.
        catch (Exception problem) when (problem is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException or HttpRequestException)
        {
        }
    }

    private async Task CloseAsync(QueuedMessage message, Func<Task> close)
    {
        await close();
        lock (_open)
            _open.Remove(message);
    }

    private async Task KeepAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(TrailQueue.Hidden / 2, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                QueuedMessage[] open;
                lock (_open)
                    open = [.. _open];
                await _queue.KeepAsync(open, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        // Not hidden any longer: they may be received twice, which counts once.
        catch (Exception problem) when (problem is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException or HttpRequestException)
        {
        }
    }
}
