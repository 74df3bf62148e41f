using System.Collections.Concurrent;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Wakes those who wait for a queue's messages.</summary>
internal sealed class QueueSignals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes when something happens at the queue from now on.</summary>
    public Task Next(string queue) => _waiting.GetOrAdd(queue, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Something happened at the queue. On the writer's thread: whoever wakes queues behind it.</summary>
    public void Raise(string queue)
    {
        if (_waiting.TryRemove(queue, out var waiting))
            waiting.SetResult();
    }
}
