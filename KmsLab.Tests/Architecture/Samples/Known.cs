namespace KmsLab.Tests.Architecture.Samples;

internal sealed class Known : Exception
{
    public static Known Make() => new();

    public static Task<IReadOnlyList<Known>> MakeAsync() => Task.FromResult<IReadOnlyList<Known>>([]);

    public sealed record Inner(int Value);
}
