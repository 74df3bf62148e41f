namespace KmsLab.Tests.Architecture.Samples;

internal static class InNothing
{
    public const string Name = nameof(Known);
}
