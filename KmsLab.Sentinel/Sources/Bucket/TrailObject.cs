using System.Globalization;
using System.Text.RegularExpressions;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>The kinds of objects in a trail's bucket.</summary>
internal enum TrailObjectKind
{
    /// <summary>A file of records.</summary>
    Records,

    /// <summary>A digest file: it lists files of records with their hashes, and is signed.</summary>
    Digest,

    /// <summary>Something else that CloudTrail delivers, such as Insights events.</summary>
    Other,

    /// <summary>Nothing of CloudTrail's.</summary>
    Foreign,
}

/// <summary>An object of a bucket, and what its key says of it.</summary>
/// <remarks>
/// Keys: <c>[prefix/]AWSLogs/[organization/]account/CloudTrail/Region/yyyy/MM/dd/account_CloudTrail_Region_yyyyMMddTHHmmZ_random.json.gz</c>
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html), and for digests
/// <c>CloudTrail-Digest</c> with seconds in the time
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html).
/// </remarks>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key.</param>
internal sealed partial record TrailObject(string Bucket, string Key)
{
    /// <summary>The object that a notice names.</summary>
    public static TrailObject Of(string bucket, string key)
    {
        var match = Layout().Match(key);
        if (!match.Success)
            return new TrailObject(bucket, key) { Kind = TrailObjectKind.Foreign };

        var kind = match.Groups["kind"].Value switch
        {
            "" => TrailObjectKind.Records,
            "-Digest" => TrailObjectKind.Digest,
            _ => TrailObjectKind.Other,
        };
        return new TrailObject(bucket, key)
        {
            Kind = kind,
            Account = match.Groups["account"].Value,
            Region = match.Groups["region"].Value,
            DeliveredAt = InstantOf(match.Groups["at"].Value),
        };
    }

    /// <summary>What it is.</summary>
    public TrailObjectKind Kind { get; private init; }

    /// <summary>The account that its records are of, 12 digits; null of what is foreign.</summary>
    public string? Account { get; private init; }

    /// <summary>The Region that its records are of; null of what is foreign.</summary>
    public string? Region { get; private init; }

    /// <summary>When CloudTrail delivered it, by its name; null where that does not say.</summary>
    public DateTimeOffset? DeliveredAt { get; private init; }

    /// <summary>Where it is, <c>s3://bucket/key</c>.</summary>
    public string Place => $"s3://{Bucket}/{Key}";

    private static DateTimeOffset? InstantOf(string text) => DateTimeOffset.TryParseExact(
        text, ["yyyyMMdd'T'HHmm'Z'", "yyyyMMdd'T'HHmmss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    [GeneratedRegex(
        "(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?(?<account>[0-9]{12})/CloudTrail(?<kind>(?:-[A-Za-z]+)?)/(?<region>[a-z0-9-]+)/[0-9]{4}/[0-9]{2}/[0-9]{2}/"
        + "[^/]*?(?:_(?<at>[0-9]{8}T[0-9]{4,6}Z)[^/]*)?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Layout();
}
