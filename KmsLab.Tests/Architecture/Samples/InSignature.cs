namespace KmsLab.Tests.Architecture.Samples;

internal interface ISignature
{
    void Take(IReadOnlyDictionary<string, Known[]> known);
}
