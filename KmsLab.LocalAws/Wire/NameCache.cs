using System.Collections.Concurrent;

namespace KmsLab.LocalAws.Wire;

/// <summary>Strings for names that every request repeats, without allocating them each time. Bounded: what doesn't fit is simply not kept.</summary>
internal static class NameCache
{
    private const int Limit = 4096;

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    public static string Get(ReadOnlySpan<char> name)
    {
        if (Lookup.TryGetValue(name, out var known))
            return known;

        var text = name.ToString();
        if (Names.Count < Limit)
            Names.TryAdd(text, text);
        return text;
    }
}
