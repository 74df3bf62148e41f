namespace KmsLab.Sentinel.Turns;

/// <summary>
/// What the loop keeps in memory: always a copy of what is committed. A turn that fails may have changed it halfway, so it is thrown away then and
/// read anew.
/// </summary>
internal sealed class TurnMemory(IServiceScope scope) : IDisposable
{
    /// <summary>The parts, in their order.</summary>
    public IReadOnlyList<ITurnPart> Parts { get; } = [.. scope.ServiceProvider.GetServices<ITurnPart>()];

    /// <summary>One kind of part.</summary>
    public T Know<T>() where T : class, ITurnPart => scope.ServiceProvider.GetRequiredService<T>();

    public void Dispose() => scope.Dispose();
}
