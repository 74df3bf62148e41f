using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>
/// Knows the names of CloudTrail's own streams in a log group: <c>{account}_CloudTrail_{region}</c>, then <c>_1</c>, <c>_2</c>, ... at volume, and
/// <c>o-..._{account}_CloudTrail_{region}</c> of an organization's trail.
/// </summary>
/// <remarks>
/// A name proves nothing: whoever may write to the group may use CloudTrail's names. It only says where to look first. Known from the trails that the
/// configuration names, and from what was read.
/// </remarks>
internal sealed class OwnStreams
{
    private const int MostPrefixes = 3;
    private const int MostNames = 1000;

    private readonly HashSet<string> _seen = [];
    private readonly List<string> _prefixes = [];

    public OwnStreams(IEnumerable<string> trailArns)
    {
        foreach (var part in trailArns.Select(arn => arn.Split(':')).Where(part => part.Length > 5))
            Add($"{part[4]}_CloudTrail_{part[3]}");
    }

    /// <summary>What their names begin with; none when nothing is known, or when there would be too many to ask for each.</summary>
    public IReadOnlyList<string> Prefixes => _prefixes.Count <= MostPrefixes ? _prefixes : [];

    /// <summary>An event stood in this stream.</summary>
    public void See(string? stream)
    {
        if (stream is null || _seen.Count == MostNames || !_seen.Add(stream) || !CloudTrailStreams.IsOwn(stream))
            return;

        var parts = stream.Split('_');
        Add(stream.StartsWith("o-", StringComparison.Ordinal) ? $"{parts[0]}_" : string.Join('_', parts[..3]));
    }

    private void Add(string prefix)
    {
        if (!_prefixes.Contains(prefix))
            _prefixes.Add(prefix);
    }
}
