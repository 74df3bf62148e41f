namespace KmsLab.Tests.Architecture.Samples;

internal static class InLambda
{
    public static IEnumerable<string> Run(IEnumerable<int> values) => values.Select(value => $"{Known.Make()} {value}");
}
