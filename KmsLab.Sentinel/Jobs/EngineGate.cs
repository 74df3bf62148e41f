namespace KmsLab.Sentinel.Jobs;

/// <summary>
/// Lets one at a time at the engine's memory, in the order in which they ask. Readers, jobs and ticks run on clocks of their own; what they know and
/// change lies between entering and leaving, so that turns come one after the other.
/// </summary>
/// <remarks>Nobody waits for AWS inside: whoever is slow there holds up nobody else. It does not let the same caller in twice.</remarks>
internal sealed class EngineGate : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Runs <paramref name="work"/> alone.</summary>
    public Task RunAsync(Func<Task> work, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await work();
            return 0;
        },
        cancellationToken);

    /// <summary>Runs <paramref name="work"/> alone, and gives what it gives.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
