using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Sentinel.Sources;

/// <summary>Writes the filter patterns by which a log group is read.</summary>
internal static class LogPatterns
{
    private const string CommonEnd = ".amazonaws.com";
    private const string Everything = "{ $.eventSource = \"*\" }";

    /// <summary>Names of fewer letters would find half of all services.</summary>
    private const int ShortestName = 2;

    /// <summary>Reading by more patterns than this costs more than reading everything.</summary>
    private const int MostPatterns = 4;

    /// <summary>
    /// One pattern for all services, so that each page is read once. Where they don't fit, the end that all have in common is left out, and then services that
    /// begin alike are named by that: what else begins so is sorted out here. Where even these don't fit there are several patterns, each for some services;
    /// and where these would be many, one that finds all records.
    /// </summary>
    public static IReadOnlyList<string> OfServices(IReadOnlyList<string> eventSources)
    {
        var whole = Named(eventSources);
        if (whole.Length <= FilterPattern.MaxLength)
            return [whole];

        string[] names = [.. eventSources.Select(Shortened).Order(StringComparer.Ordinal)];
        for (var coarser = names; coarser.Length > 0; coarser = Coarser(coarser))
        {
            if (Named(coarser) is { Length: <= FilterPattern.MaxLength } pattern)
                return [pattern];
        }

        for (var count = 2; count <= MostPatterns; count++)
        {
            string[] patterns = [.. names.Chunk((names.Length + count - 1) / count).Select(Named)];
            if (Array.TrueForAll(patterns, pattern => pattern.Length <= FilterPattern.MaxLength))
                return patterns;
        }

        return [Everything];
    }

    /// <summary>The same services with one name fewer: the two that begin most alike become one. None when no two begin alike.</summary>
    private static string[] Coarser(string[] names)
    {
        var pairs = names.Zip(names.Skip(1), (one, next) => (One: one, Next: next, Common: one.TrimEnd('*', '.').AsSpan().CommonPrefixLength(next.TrimEnd('*', '.'))));
        var closest = pairs.MaxBy(pair => pair.Common);
        if (closest.Common < ShortestName)
            return [];

        var common = closest.One[..closest.Common] + "*";
        return [.. names.Where(name => name != closest.One && name != closest.Next).Append(common).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// A pattern for whatever names one of the keys by its id, wherever it stands: parameters, resources or the words of a refusal. As many keys as fit; null
    /// for none.
    /// </summary>
    public static string? OfKeys(IEnumerable<string> keyArns) => IdsOf(keyArns) switch
    {
        [] => null,
        [var only] => $"\"{only}\"",
        var ids => Joined("", ids.Select(id => $"?\"{id}\""), " ", ""),
    };

    /// <summary>A pattern for calls with one of the keys that carry no proof of the application's. As many keys as fit; null for none.</summary>
    public static string? OfUnprovenCalls(IEnumerable<string> keyArns) => IdsOf(keyArns) is { Count: > 0 } ids
        ? Joined(
            $"{{ (($.userAgent NOT EXISTS) || ($.userAgent != \"*{AttestationProof.Marker}*\")) && (",
            ids.Select(id => $"($.resources[0].ARN = \"*{id}\")"), " || ", ") }")
        : null;

    private static List<string> IdsOf(IEnumerable<string> keyArns) =>
        [.. keyArns.Select(arn => arn[(arn.LastIndexOf('/') + 1)..]).Where(IsId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Joined(string start, IEnumerable<string> parts, string between, string end)
    {
        var text = start;
        foreach (var part in parts.TakeWhile(part => text.Length + between.Length + part.Length + end.Length <= FilterPattern.MaxLength))
            text += (text.Length > start.Length ? between : "") + part;
        return text + end;
    }

    /// <summary>Only what is safe between quotes.</summary>
    private static bool IsId(string id) => id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string Shortened(string source) => source.EndsWith(CommonEnd, StringComparison.Ordinal) ? source[..^CommonEnd.Length] + ".*" : source;

    private static string Named(IReadOnlyList<string> sources) => sources.Count == 1
        ? $"{{ $.eventSource = \"{sources[0]}\" }}"
        : $"{{ {string.Join(" || ", sources.Select(source => $"($.eventSource = \"{source}\")"))} }}";
}
