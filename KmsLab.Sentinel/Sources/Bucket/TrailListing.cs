using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>A place in S3, <c>s3://bucket/prefix</c>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What keys begin with; empty, or with a slash at its end.</param>
internal sealed record S3Place(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";

    /// <summary>Whether a path is meant to be in S3.</summary>
    public static bool IsOne(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads it.</summary>
    /// <returns>Null if it names no bucket.</returns>
    public static S3Place? Parse(string path)
    {
        var parts = IsOne(path) ? path[Scheme.Length..].Split('/', 2) : [""];
        if (parts[0].Length == 0)
            return null;

        var prefix = parts.Length > 1 ? parts[1].TrimStart('/') : "";
        return new(parts[0], prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/");
    }

    public override string ToString() => $"{Scheme}{Bucket}/{Prefix}";
}

/// <summary>An object of a trail that is in its bucket.</summary>
/// <param name="Object">The object.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record ListedObject(TrailObject Object, long Size);

/// <summary>Finds the files of trails in a bucket, day by day, without listing what lies outside of the time asked for.</summary>
internal sealed partial class TrailListing(TrailBucket bucket)
{
    private const int Deepest = 6;

    /// <summary>Lists a kind of objects of all accounts and Regions below a place.</summary>
    /// <param name="place">The bucket, the organization's or account's folder, or a Region's or day's.</param>
    /// <param name="kind">Records or digests.</param>
    /// <param name="from">Objects that were delivered before this day are left out.</param>
    /// <param name="to">Objects that were delivered later than a day after this are left out: records come late.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<ListedObject> ListAsync(
        S3Place place, TrailObjectKind kind, DateTimeOffset? from, DateTimeOffset? to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var region in RegionsAsync(place, kind == TrailObjectKind.Digest ? "CloudTrail-Digest" : "CloudTrail", 0, cancellationToken))
        {
            var after = from is { } begin && RegionFolder().IsMatch(region) ? region + begin.UtcDateTime.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture) : null;
            await foreach (var found in bucket.ListAsync(place.Bucket, region, after, cancellationToken))
            {
                var item = TrailObject.Of(place.Bucket, found.Key);
                if (item.DeliveredAt is { } at && to is { } end && at > end.AddDays(1))
                    break;
                if (item.Kind == kind && !(item.DeliveredAt < from))
                    yield return new(item, found.Size ?? 0);
            }
        }
    }

    /// <summary>The folders of Regions, or the place itself where it lies deeper.</summary>
    private async IAsyncEnumerable<string> RegionsAsync(
        S3Place place, string folder, int depth, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if ($"/{place.Prefix}".Contains($"/{folder}/", StringComparison.Ordinal) && !place.Prefix.EndsWith($"/{folder}/", StringComparison.Ordinal))
        {
            yield return place.Prefix;
            yield break;
        }

        var folders = await bucket.FoldersAsync(place.Bucket, place.Prefix, cancellationToken);
        if (place.Prefix.EndsWith($"/{folder}/", StringComparison.Ordinal))
        {
            foreach (var region in folders)
                yield return region;
            yield break;
        }

        if (depth == Deepest)
            yield break;

        foreach (var next in Towards(place.Prefix, folder, folders))
        {
            await foreach (var region in RegionsAsync(place with { Prefix = next }, folder, depth + 1, cancellationToken))
                yield return region;
        }
    }

    /// <summary>
    /// The folders on the way: <c>AWSLogs</c>, an organization, accounts. Above <c>AWSLogs</c> any may be the trail's own prefix.
    /// </summary>
    private static IEnumerable<string> Towards(string prefix, string folder, IReadOnlyList<string> folders)
    {
        if (folders.FirstOrDefault(name => name[prefix.Length..] == "AWSLogs/") is { } logs)
            return [logs];
        return $"/{prefix}".Contains("/AWSLogs/", StringComparison.Ordinal)
            ? folders.Where(name => name[prefix.Length..] == $"{folder}/" || Step().IsMatch(name[prefix.Length..]))
            : folders;
    }

    [GeneratedRegex("^(?:o-[a-z0-9]+|[0-9]{12})/$")]
    private static partial Regex Step();

    [GeneratedRegex("/CloudTrail(?:-Digest)?/[a-z0-9-]+/$")]
    private static partial Regex RegionFolder();
}
