using System.Globalization;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Primitives;

namespace KmsLab.LocalAws.S3;

/// <summary>What a request to S3 is about: its bucket and key, be they in the path or in the host.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html</remarks>
internal sealed class S3Request(HttpContext http)
{
    private const string OldPresigned = "AWSAccessKeyId";

    /// <summary>Names under which the endpoint itself is reached; what stands before one is a bucket.</summary>
    private static readonly string[] Bases = ["localhost", "localhost.localstack.cloud"];

    public HttpContext Http { get; } = http;

    public string Method => Http.Request.Method;

    public IQueryCollection Query => Http.Request.Query;

    /// <summary>The bucket; null where the call is about none.</summary>
    public string? Bucket { get; private init; }

    /// <summary>The key; null where the call is about none.</summary>
    public string? Key { get; private init; }

    /// <summary>Whether a request is S3's: signed for it, or unsigned with a path or a host that only S3 has.</summary>
    public static bool IsOne(HttpRequest request)
    {
        if (Credential.TryRead(request, out var credential))
            return credential.Service == "s3" && !IsControl(request);
        if (request.Query.ContainsKey(OldPresigned))
            return true;
        return !request.Headers.ContainsKey("Authorization") && !request.Headers.ContainsKey("X-Amz-Target") && !request.Headers.ContainsKey("smithy-protocol")
            && !request.HasFormContentType && (request.Path.Value is { Length: > 1 } || BucketOf(request.Host.Host) is not null);
    }

    // Control operations, such as those of access points, are signed for S3 too.
    private static bool IsControl(HttpRequest request) => request.Path.StartsWithSegments("/v20180820", StringComparison.Ordinal);

    public static S3Request Read(HttpContext http)
    {
        var path = RawPath(http);
        if (BucketOf(http.Request.Host.Host) is { } hosted)
            return new(http) { Bucket = hosted, Key = path.Length > 1 ? path[1..] : null };
        var slash = path.IndexOf('/', Math.Min(1, path.Length));
        return slash < 0
            ? new(http) { Bucket = path.Length > 1 ? path[1..] : null }
            : new(http) { Bucket = path[1..slash], Key = slash + 1 < path.Length ? path[(slash + 1)..] : null };
    }

    /// <summary>Who signs: also by the presigned URLs of signature version 2.</summary>
    public bool TryCredential(string region, out Credential credential)
    {
        if (Credential.TryRead(Http.Request, out credential))
            return true;
        if (Query[OldPresigned].ToString() is not { Length: > 0 and <= 128 } accessKeyId)
            return false;
        credential = new(accessKeyId, region, "s3");
        return true;
    }

    /// <summary>Refuses a presigned URL whose time is over.</summary>
    public void CheckExpiry(DateTimeOffset now)
    {
        DateTimeOffset? end = null;
        if (Query["X-Amz-Date"].ToString() is { Length: > 0 } date && Query["X-Amz-Expires"].ToString() is { Length: > 0 } seconds)
        {
            if (!DateTimeOffset.TryParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed)
                || !int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var valid) || valid > 604_800)
                throw new AwsException("AuthorizationQueryParametersError", "X-Amz-Date and X-Amz-Expires must be a date such as 20260101T000000Z and up to 604800 seconds");
            end = signed.AddSeconds(valid);
        }
        else if (Query.ContainsKey(OldPresigned) && long.TryParse(Query["Expires"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && unix < 253402300800)
        {
            end = DateTimeOffset.FromUnixTimeSeconds(unix);
        }

        if (end < now)
            throw S3Error.AccessDenied("Request has expired");
    }

    public string? Header(string name) => Http.Request.Headers[name] is { Count: > 0 } value && !StringValues.IsNullOrEmpty(value) ? value.ToString() : null;

    public string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Count > 0 ? value[0] : null;

    /// <summary>A whole number of the query.</summary>
    /// <exception cref="AwsException">InvalidArgument.</exception>
    public int? Number(string name, int min, int max)
    {
        if (Parameter(name) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw S3Error.InvalidArgument($"Argument {name} must be an integer between {min} and {max}");
    }

    // bucket.localhost, bucket.s3.localhost, bucket.s3.us-east-1.localhost.localstack.cloud, bucket.s3.amazonaws.com
    private static string? BucketOf(string host)
    {
        if (host.StartsWith("s3.", StringComparison.OrdinalIgnoreCase) || host.StartsWith("s3-", StringComparison.OrdinalIgnoreCase))
            return null;
        var service = host.IndexOf(".s3.", StringComparison.OrdinalIgnoreCase) is var dotted and > 0 ? dotted : host.IndexOf(".s3-", StringComparison.OrdinalIgnoreCase);
        if (service > 0)
            return host[..service];
        foreach (var name in Bases)
        {
            if (host.Length > name.Length + 1 && host.EndsWith(name, StringComparison.OrdinalIgnoreCase) && host[^(name.Length + 1)] == '.' && !host.EndsWith(Bases[1], StringComparison.OrdinalIgnoreCase))
                return host[..^(name.Length + 1)];
        }

        return null;
    }

    // Kestrel's own path has its dots resolved and its slashes decoded in part; a key is what was sent.
    private static string RawPath(HttpContext http)
    {
        var raw = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget ?? "/";
        if (!raw.StartsWith('/'))
            return http.Request.Path.Value ?? "/";
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        return Uri.UnescapeDataString(query < 0 ? raw : raw[..query]);
    }
}
