using System.Buffers;

namespace KmsLab.CloudTrail.FastPath;

/// <summary>Tells JSON whose bytes are its text.</summary>
internal static class PlainText
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x60).Where(character => character != '\\').Select(character => (byte)character)]);

    /// <summary>Whether all of it is ASCII without control characters and backslashes.</summary>
    public static bool Is(ReadOnlySpan<byte> json) => !json.ContainsAnyExcept(Plain);
}
