using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// What the loop keeps in memory: always a copy of what is committed, and of turns whose commit waits. A turn that fails may have changed it halfway, so
/// it is thrown away then and read anew.
/// </summary>
internal sealed class TurnMemory(IServiceScope scope) : IDisposable
{
    private readonly Dictionary<Type, ITurnPart> _known = [];

    /// <summary>The parts, in their order.</summary>
    public ITurnPart[] Parts { get; } = [.. scope.ServiceProvider.GetServices<ITurnPart>()];

    /// <summary>Tells whether a record is a part's own.</summary>
    public bool IsOwned(CloudTrailRecord record)
    {
        foreach (var part in Parts)
        {
            if (part.Owns(record))
                return true;
        }

        return false;
    }

    /// <summary>One kind of part.</summary>
    public T Know<T>() where T : class, ITurnPart
    {
        if (!_known.TryGetValue(typeof(T), out var part))
            _known[typeof(T)] = part = scope.ServiceProvider.GetRequiredService<T>();
        return (T)part;
    }

    public void Dispose() => scope.Dispose();
}
