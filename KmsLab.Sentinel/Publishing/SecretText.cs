namespace KmsLab.Sentinel.Publishing;

/// <summary>Reads secrets that settings hold, or name a file of.</summary>
internal static class SecretText
{
    /// <summary>The value; where there is none, the content of the file without white space around it. Empty where there is neither.</summary>
    public static string Of(string value, string? file) => value.Length > 0 || string.IsNullOrWhiteSpace(file) ? value : Read(file) ?? "";

    /// <summary>Names what is wrong with a pair of settings, never what is in them.</summary>
    /// <param name="at">The setting that holds the value; the other one has the same name and <c>File</c> behind it.</param>
    /// <param name="value">The value.</param>
    /// <param name="file">The file.</param>
    public static IEnumerable<string> Check(string at, string value, string? file)
    {
        if (value.Length > 0 && !string.IsNullOrWhiteSpace(file))
            yield return $"{at} and {at}File are both set: take one away";
        else if (!string.IsNullOrWhiteSpace(file) && Read(file) is not { Length: > 0 })
            yield return $"{at}File: '{file}' can't be read, or is empty";
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
