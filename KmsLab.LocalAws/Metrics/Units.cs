using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The units of metrics.</summary>
internal static class Units
{
    public const string None = "None";

    private static readonly string[] All =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes",
        "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent",
        "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second",
        "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ];

    /// <exception cref="AwsException">ValidationError: AWS has no such unit.</exception>
    public static void Check(string? unit, string member)
    {
        if (unit is not null && !All.Contains(unit))
            throw Validator.Error("ValidationError", unit, member, $"Member must satisfy enum value set: [{string.Join(", ", All)}]");
    }
}
