using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>All queues, in memory and in the state file; their messages are in the file alone.</summary>
internal sealed class QueueStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Queue> _queues = new(StringComparer.Ordinal);
    private readonly Documents<QueueRecord> _documents = new("sqs.queue", SqsJson.Wire.QueueRecord);
    private readonly StateStore _store;

    public QueueStore(StateStore store)
    {
        _store = store;
        foreach (var (scope, record) in store.Read(_documents.Load))
        {
            var queue = new Queue(scope, record);
            _queues[queue.Arn] = queue;
        }
    }

    /// <summary>The queue of an ARN; null when there is none.</summary>
    public Queue? Find(string arn)
    {
        lock (_lock)
        {
            return _queues.GetValueOrDefault(arn);
        }
    }

    /// <summary>All queues that <paramref name="filter"/> takes, by ARN.</summary>
    public List<Queue> List(Func<Queue, bool> filter)
    {
        lock (_lock)
        {
            return [.. _queues.Values.Where(filter)];
        }
    }

    /// <summary>Makes a queue another, or creates it.</summary>
    /// <param name="scope">Whose it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">The queue as it is (null: there is none) to the queue as it shall be; the same object leaves it.</param>
    public Task Change(RegionScope scope, string name, Func<QueueRecord?, QueueRecord> change)
    {
        lock (_lock)
        {
            var old = _queues.GetValueOrDefault(scope.Arn("sqs", name))?.Record;
            var record = change(old);
            if (ReferenceEquals(record, old))
                return Task.CompletedTask;
            var queue = new Queue(scope, record);
            _queues[queue.Arn] = queue;
            return _store.Enqueue(session => _documents.Put(session, scope, name, record));
        }
    }

    /// <summary>Removes a queue with its messages.</summary>
    public Task Remove(Queue queue)
    {
        lock (_lock)
        {
            _queues.Remove(queue.Arn);
            return _store.Enqueue(session =>
            {
                _documents.Remove(session, queue.Scope, queue.Record.Name);
                MessageTable.Purge(session, queue.Key);
            });
        }
    }
}
