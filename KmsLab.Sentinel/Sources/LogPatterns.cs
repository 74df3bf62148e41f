using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Sentinel.Sources;

/// <summary>Writes the filter patterns by which a log group is read.</summary>
internal static class LogPatterns
{
    private const string CommonEnd = ".amazonaws.com";

    /// <summary>
    /// One pattern for all services, so that each page is read once. Where they don't fit, the end that all have in common is left out: what else begins so
    /// is sorted out here.
    /// </summary>
    public static string OfServices(IReadOnlyList<string> eventSources)
    {
        var whole = Named(eventSources);
        return whole.Length <= FilterPattern.MaxLength ? whole : Named([.. eventSources.Select(Shortened)]);
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
