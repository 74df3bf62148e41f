using KmsLab.Sentinel.Knowledge;

namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>Which colour an operation has, the same on every chart: cryptography in colours, management in greys. css/sentinel.css says what they are in light and dark.</summary>
internal static class Palette
{
    private const int Colours = 6;
    private const int Greys = 4;

    private static readonly string[] Known = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt"];

    public static string Of(string operation, bool isError) => isError
        ? "var(--chart-error)"
        : AttestationFacts.IsCryptographic(operation) ? $"var(--chart-{1 + ColourOf(operation)})" : $"var(--chart-grey-{1 + (StableHash(operation) % Greys)})";

    private static int ColourOf(string operation) => Array.IndexOf(Known, operation) is >= 0 and var index ? index : Known.Length + (StableHash(operation) % (Colours - Known.Length));

    /// <summary>That of strings differs from one process to the next.</summary>
    private static int StableHash(string text) => text.Aggregate(0, (hash, c) => ((hash * 31) + c) & 0xFFFF);
}
