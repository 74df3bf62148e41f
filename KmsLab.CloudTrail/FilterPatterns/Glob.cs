using System.Text;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>A text in which <c>*</c> stands for any characters, or none. Case-sensitive, over UTF-8.</summary>
internal sealed class Glob(string text)
{
    private readonly byte[][] _parts = [.. text.Split('*').Select(Encoding.UTF8.GetBytes)];

    /// <summary>The longest stretch without a wildcard, or null if there is none.</summary>
    public string? LongestPart { get; } = text.Split('*').MaxBy(part => part.Length) is { Length: > 0 } part ? part : null;

    public bool Matches(ReadOnlySpan<byte> value)
    {
        if (_parts.Length == 1)
            return value.SequenceEqual(_parts[0]);

        ReadOnlySpan<byte> first = _parts[0], last = _parts[^1];
        if (value.Length < first.Length + last.Length || !value.StartsWith(first) || !value.EndsWith(last))
            return false;

        // What lies between: each part at its first place after the one before. Later places can't make more room.
        value = value[first.Length..^last.Length];
        for (var i = 1; i < _parts.Length - 1; i++)
        {
            var at = value.IndexOf(_parts[i]);
            if (at < 0)
                return false;
            value = value[(at + _parts[i].Length)..];
        }

        return true;
    }
}
