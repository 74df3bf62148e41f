namespace KmsLab.Sentinel.Dashboard.Parts;

/// <summary>Which colour an operation has, the same on every chart; css/sentinel.css says what the colours are in light and dark.</summary>
internal static class Palette
{
    private static readonly string[] Known = ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "DescribeKey"];

    public static string Of(string operation, bool isError) => isError
        ? "var(--chart-error)"
        : Array.IndexOf(Known, operation) is >= 0 and var index ? $"var(--chart-{index + 1})" : operation == "Other" ? "var(--chart-other)" : $"var(--chart-{6 + (StableHash(operation) % 3)})";

    private static int StableHash(string text) => text.Aggregate(0, (hash, c) => ((hash * 31) + c) & 0xFFFF);
}
