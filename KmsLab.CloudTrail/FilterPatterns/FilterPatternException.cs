namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>A filter pattern that is not valid: says where, and what was expected there.</summary>
public sealed class FilterPatternException : FormatException
{
    internal FilterPatternException(int position, string problem) : base($"{problem} (at position {position} of the filter pattern)") => Position = position;

    /// <summary>Offset into the pattern, in characters from 0.</summary>
    public int Position { get; }
}
