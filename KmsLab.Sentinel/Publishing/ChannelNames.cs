namespace KmsLab.Sentinel.Publishing;

/// <summary>Checks names that the configuration gives channels: they stand in the outbox, the API and telemetry.</summary>
internal static class ChannelNames
{
    private const int Longest = 40;

    /// <summary>Names what is wrong with a name.</summary>
    public static IEnumerable<string> Check(string at, string name)
    {
        if (name.Length > Longest || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            yield return $"{at}: its name may have {Longest} letters, digits, '-', '_' and '.'";
    }
}
