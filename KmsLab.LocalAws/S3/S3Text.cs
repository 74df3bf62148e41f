namespace KmsLab.LocalAws.S3;

/// <summary>Reads texts that clients write in more than one way.</summary>
internal static class S3Text
{
    /// <summary>Tells whether a header, parameter or element says true: older SDKs for Python write <c>True</c>.</summary>
    public static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
