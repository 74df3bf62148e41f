namespace KmsLab.Sentinel.Sources;

/// <summary>
/// Spaces calls that share a quota: FilterLogEvents takes 5 a second for the whole account and Region, however many log groups are read
/// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html). A few at once are let through after a pause.
/// </summary>
internal sealed class CallPacer(int callsASecond, TimeProvider time) : IDisposable
{
    private readonly Queue<long> _calls = [];
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Waits until one more call is within the quota, behind those who asked before.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await WaitInTurnAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task WaitInTurnAsync(CancellationToken cancellationToken)
    {
        while (_calls.TryPeek(out var oldest) && _calls.Count >= callsASecond)
        {
            var wait = TimeSpan.FromSeconds(1) - time.GetElapsedTime(oldest);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken);
            _calls.Dequeue();
        }

        _calls.Enqueue(time.GetTimestamp());
    }
}
