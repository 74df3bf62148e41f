using System.Text;
using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>Which records a reader wants, by event source; the others are left at the first glance.</summary>
/// <param name="eventSources">Such as <c>kms.amazonaws.com</c>; none means every source.</param>
public sealed class RecordInterest(params IEnumerable<string> eventSources)
{
    private readonly byte[][] _sources = [.. eventSources.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Every record.</summary>
    public static RecordInterest Everything { get; } = new();

    internal bool Includes(ref readonly Utf8JsonReader eventSource)
    {
        foreach (var source in _sources)
        {
            if (eventSource.ValueTextEquals(source))
                return true;
        }

        return _sources.Length == 0;
    }

    /// <param name="eventSource">The text's bytes; ASCII without escapes.</param>
    internal bool Includes(ReadOnlySpan<byte> eventSource)
    {
        foreach (var source in _sources)
        {
            if (eventSource.SequenceEqual(source))
                return true;
        }

        return _sources.Length == 0;
    }
}
