using System.Text;
using System.Xml.Linq;
using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.S3;

/// <summary>The listings of objects and versions.</summary>
/// <remarks>
/// Keys come in the order of their UTF-8 bytes, as the index has them. A common prefix is found by its first key; the next look begins behind all keys that it stands for,
/// so that a listing of folders costs as many looks as there are folders.
/// </remarks>
internal sealed class ListOperations(StateStore store)
{
    private const int PageSize = 1000;

    public Task<S3Answer> ListObjectsV2(S3Call call)
    {
        var listing = Listing.Read(call);
        var token = call.Parameter("continuation-token");
        if (token is "")
            throw S3Error.InvalidArgument("The continuation token provided is incorrect");
        var after = token is null ? call.Parameter("start-after") ?? "" : Decode(token);
        var page = Page(call, listing, after, token is null);
        var withOwner = S3Text.IsTrue(call.Parameter("fetch-owner"));
        return Task.FromResult(S3Answer.Of(
            "ListBucketResult",
            [
                S3Answer.Value("Name", call.Bucket.Name),
                S3Answer.Value("Prefix", listing.Shown(listing.Prefix)),
                listing.Delimiter.Length == 0 ? null : S3Answer.Value("Delimiter", listing.Shown(listing.Delimiter)),
                S3Answer.Value("MaxKeys", listing.Max),
                listing.EncodesUrls ? S3Answer.Value("EncodingType", "url") : null,
                S3Answer.Value("KeyCount", page.Items.Count + page.Prefixes.Count),
                S3Answer.Value("IsTruncated", page.Next is null ? "false" : "true"),
                token is null ? null : S3Answer.Value("ContinuationToken", token),
                page.Next is null ? null : S3Answer.Value("NextContinuationToken", Encode(page.Next)),
                call.Parameter("start-after") is { Length: > 0 } start ? S3Answer.Value("StartAfter", listing.Shown(start)) : null,
                .. page.Items.Select(item => Contents(call, listing, item, withOwner)),
                .. page.Prefixes.Select(prefix => CommonPrefix(listing, prefix)),
            ]));
    }

    public Task<S3Answer> ListObjects(S3Call call)
    {
        var listing = Listing.Read(call);
        var marker = call.Parameter("marker") ?? "";
        var page = Page(call, listing, marker, false);
        return Task.FromResult(S3Answer.Of(
            "ListBucketResult",
            [
                S3Answer.Value("Name", call.Bucket.Name),
                S3Answer.Value("Prefix", listing.Shown(listing.Prefix)),
                S3Answer.Value("Marker", listing.Shown(marker)),
                page.Next is not null && listing.Delimiter.Length > 0 ? S3Answer.Value("NextMarker", listing.Shown(page.Next)) : null,
                S3Answer.Value("MaxKeys", listing.Max),
                listing.Delimiter.Length == 0 ? null : S3Answer.Value("Delimiter", listing.Shown(listing.Delimiter)),
                listing.EncodesUrls ? S3Answer.Value("EncodingType", "url") : null,
                S3Answer.Value("IsTruncated", page.Next is null ? "false" : "true"),
                .. page.Items.Select(item => Contents(call, listing, item, true)),
                .. page.Prefixes.Select(prefix => CommonPrefix(listing, prefix)),
            ]));
    }

    public Task<S3Answer> ListObjectVersions(S3Call call)
    {
        var listing = Listing.Read(call);
        var (keyMarker, versionMarker) = (call.Parameter("key-marker") ?? "", call.Parameter("version-id-marker") ?? "");
        var page = Versions(call, listing, keyMarker, versionMarker);
        return Task.FromResult(S3Answer.Of(
            "ListVersionsResult",
            [
                S3Answer.Value("Name", call.Bucket.Name),
                S3Answer.Value("Prefix", listing.Shown(listing.Prefix)),
                S3Answer.Value("KeyMarker", listing.Shown(keyMarker)),
                S3Answer.Value("VersionIdMarker", versionMarker),
                page.NextKey is null ? null : S3Answer.Value("NextKeyMarker", listing.Shown(page.NextKey)),
                page.NextVersion is null ? null : S3Answer.Value("NextVersionIdMarker", page.NextVersion),
                S3Answer.Value("MaxKeys", listing.Max),
                listing.Delimiter.Length == 0 ? null : S3Answer.Value("Delimiter", listing.Shown(listing.Delimiter)),
                listing.EncodesUrls ? S3Answer.Value("EncodingType", "url") : null,
                S3Answer.Value("IsTruncated", page.NextKey is null ? "false" : "true"),
                .. page.Items.Select(item => Version(call, listing, item)),
                .. page.Prefixes.Select(prefix => CommonPrefix(listing, prefix)),
            ]));
    }

    private ObjectPage Page(S3Call call, Listing listing, string after, bool isStart)
    {
        var bucket = call.Bucket;
        List<StoredObject> items = [];
        List<string> prefixes = [];
        if (listing.Max == 0)
            return new(items, prefixes, null);
        return store.Read(connection =>
        {
            // A marker that is a common prefix stands for all keys below it.
            var isPrefix = !isStart && listing.Delimiter.Length > 0 && after.EndsWith(listing.Delimiter, StringComparison.Ordinal) && listing.CommonPrefix(after) == after;
            var from = after.Length == 0 ? listing.Prefix : isPrefix ? Behind(after) : after + '\0';
            if (string.CompareOrdinal(from, listing.Prefix) < 0)
                from = listing.Prefix;
            var last = after;
            while (from is not null)
            {
                var found = ObjectTable.Next(connection, bucket.Key, from, listing.Max + 1);
                from = null;
                foreach (var item in found)
                {
                    if (!item.Key.StartsWith(listing.Prefix, StringComparison.Ordinal))
                        return new(items, prefixes, null);
                    if (items.Count + prefixes.Count == listing.Max)
                        return new ObjectPage(items, prefixes, last);
                    if (listing.CommonPrefix(item.Key) is { } prefix)
                    {
                        prefixes.Add(last = prefix);
                        from = Behind(prefix);
                        break;
                    }

                    items.Add(item);
                    last = item.Key;
                }

                if (from is null && found.Count > listing.Max)
                    from = last + '\0';
            }

            return new(items, prefixes, null);
        });
    }

    private VersionPage Versions(S3Call call, Listing listing, string keyMarker, string versionMarker)
    {
        var bucket = call.Bucket;
        List<StoredObject> items = [];
        List<string> prefixes = [];
        if (listing.Max == 0)
            return new(items, prefixes, null, null);
        return store.Read(connection =>
        {
            var (key, before) = (keyMarker, versionMarker.Length == 0 ? 0 : ObjectTable.Version(connection, bucket.Key, keyMarker, versionMarker)?.Id ?? 0);
            if (keyMarker.Length == 0 && listing.Prefix.Length > 0)
                (key, before) = (listing.Prefix, long.MaxValue);
            if (listing.Delimiter.Length > 0 && listing.CommonPrefix(keyMarker) == keyMarker && keyMarker.Length > 0)
                (key, before) = (Behind(keyMarker), long.MaxValue);
            (string? Key, string? Version) last = (null, null);
            while (true)
            {
                var found = ObjectTable.NextVersions(connection, bucket.Key, key, before, listing.Max + 1);
                var jumped = false;
                foreach (var item in found)
                {
                    if (!item.Key.StartsWith(listing.Prefix, StringComparison.Ordinal))
                    {
                        if (string.CompareOrdinal(item.Key, listing.Prefix) < 0)
                            continue;
                        return new VersionPage(items, prefixes, null, null);
                    }

                    if (items.Count + prefixes.Count == listing.Max)
                        return new VersionPage(items, prefixes, last.Key, last.Version);
                    if (listing.CommonPrefix(item.Key) is { } prefix)
                    {
                        prefixes.Add(prefix);
                        last = (prefix, null);
                        (key, before, jumped) = (Behind(prefix), long.MaxValue, true);
                        break;
                    }

                    items.Add(item);
                    last = (item.Key, item.Version);
                    (key, before) = (item.Key, item.Id);
                }

                if (!jumped && found.Count <= listing.Max)
                    return new VersionPage(items, prefixes, null, null);
            }
        });
    }

    /// <summary>The least text that is greater than all that begin with a prefix.</summary>
    private static string Behind(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    private static XElement Contents(S3Call call, Listing listing, StoredObject item, bool withOwner) => S3Answer.Element(
        "Contents",
        S3Answer.Value("Key", listing.Shown(item.Key)), S3Answer.Value("LastModified", S3Answer.Instant(item.Modified / 1000 * 1000)), S3Answer.Value("ETag", $"\"{item.ETag}\""),
        item.Meta.ChecksumAlgorithm is { } algorithm ? S3Answer.Value("ChecksumAlgorithm", algorithm) : null,
        item.Meta.ChecksumType is { } type ? S3Answer.Value("ChecksumType", type) : null,
        S3Answer.Value("Size", item.Size),
        withOwner ? Owner(call) : null,
        S3Answer.Value("StorageClass", item.Meta.StorageClass ?? "STANDARD"));

    private static XElement Version(S3Call call, Listing listing, StoredObject item) => item.IsMarker
        ? S3Answer.Element(
            "DeleteMarker",
            S3Answer.Value("Key", listing.Shown(item.Key)), S3Answer.Value("VersionId", item.Version), S3Answer.Value("IsLatest", item.IsLatest ? "true" : "false"),
            S3Answer.Value("LastModified", S3Answer.Instant(item.Modified / 1000 * 1000)), Owner(call))
        : S3Answer.Element(
            "Version",
            S3Answer.Value("Key", listing.Shown(item.Key)), S3Answer.Value("VersionId", item.Version), S3Answer.Value("IsLatest", item.IsLatest ? "true" : "false"),
            S3Answer.Value("LastModified", S3Answer.Instant(item.Modified / 1000 * 1000)), S3Answer.Value("ETag", $"\"{item.ETag}\""), S3Answer.Value("Size", item.Size),
            Owner(call), S3Answer.Value("StorageClass", item.Meta.StorageClass ?? "STANDARD"));

    private static XElement Owner(S3Call call) => S3Answer.Element("Owner", S3Answer.Value("ID", S3Call.OwnerId(call.Call.Account)));

    private static XElement CommonPrefix(Listing listing, string prefix) => S3Answer.Element("CommonPrefixes", S3Answer.Value("Prefix", listing.Shown(prefix)));

    private static string Encode(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static string Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw S3Error.InvalidArgument("The continuation token provided is incorrect");
        }
    }

    private sealed record ObjectPage(List<StoredObject> Items, List<string> Prefixes, string? Next);

    private sealed record VersionPage(List<StoredObject> Items, List<string> Prefixes, string? NextKey, string? NextVersion);

    /// <summary>What a listing asks for.</summary>
    private sealed record Listing(string Prefix, string Delimiter, int Max, bool EncodesUrls)
    {
        public static Listing Read(S3Call call)
        {
            if (call.Parameter("encoding-type") is { } encoding && encoding != "url")
                throw S3Error.InvalidArgument("Invalid Encoding Method specified in Request");
            return new(
                call.Parameter("prefix") ?? "", call.Parameter("delimiter") ?? "", Math.Min(call.Request.Number("max-keys", 0, int.MaxValue) ?? PageSize, PageSize),
                call.Parameter("encoding-type") == "url");
        }

        /// <summary>The prefix that a key is rolled up into; null: none.</summary>
        public string? CommonPrefix(string key)
        {
            if (Delimiter.Length == 0 || key.Length < Prefix.Length)
                return null;
            var at = key.IndexOf(Delimiter, Prefix.Length, StringComparison.Ordinal);
            return at < 0 ? null : key[..(at + Delimiter.Length)];
        }

        public string Shown(string text) => EncodesUrls ? Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal) : text;
    }
}
