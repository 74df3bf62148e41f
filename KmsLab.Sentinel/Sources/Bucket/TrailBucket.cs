using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>An object that was fetched, or why it could not be.</summary>
/// <param name="Content">Its bytes, packed as they are; null if there is a problem.</param>
/// <param name="Metadata">What S3 keeps with it, such as a digest's signature.</param>
/// <param name="Problem">Why there is none, with what to do.</param>
/// <param name="IsForGood">Whether it is no use to try again.</param>
internal sealed record FetchedObject(
    byte[]? Content, IReadOnlyDictionary<string, string> Metadata, string? Problem = null, bool IsForGood = false)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static FetchedObject Gone(string problem) => new(null, None, problem, IsForGood: true);

    public static FetchedObject Later(string problem) => new(null, None, problem);
}

/// <summary>Fetches objects of trails' buckets, in whatever Region they are.</summary>
/// <remarks>Into memory, for Sentinel's task has no disk to write to: CloudTrail's own files are a few megabytes.</remarks>
internal sealed class TrailBucket(RegionalClients<IAmazonS3> clients) : IDisposable
{
    /// <summary>The largest object that is fetched, bytes.</summary>
    public const long Largest = 64 * 1024 * 1024;

    private const int AtOnce = 4;

    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);

    /// <summary>Fetches an object, whole. What goes wrong is told, not thrown.</summary>
    public async Task<FetchedObject> FetchAsync(string bucket, string key, string? region, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await GetAsync(region is null ? clients.Registered : clients.Of(region), bucket, key, cancellationToken);
        }
        catch (AmazonS3Exception problem) when (problem.ErrorCode is "NoSuchKey" or "NoSuchBucket" || problem.StatusCode == HttpStatusCode.NotFound)
        {
            return FetchedObject.Gone($"The object is gone ({problem.ErrorCode}): somebody deleted it before it was read. CloudTrail itself never does.");
        }
        catch (AmazonS3Exception problem) when (problem.StatusCode == HttpStatusCode.Forbidden)
        {
            return FetchedObject.Later(
                $"s3://{bucket}/{key} may not be read: {problem.Message} Sentinel's role needs s3:GetObject there, and kms:Decrypt for the key that "
                + "the bucket is encrypted with.");
        }
        catch (Exception problem) when (problem is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            return FetchedObject.Later($"s3://{bucket}/{key} can't be read: {problem.Message}");
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Lists the keys under a prefix, in the order of their bytes.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="prefix">What keys begin with.</param>
    /// <param name="after">The key after which to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<S3Object> ListAsync(
        string bucket, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, StartAfter = after };
        ListObjectsV2Response page;
        do
        {
            page = await clients.Registered.ListObjectsV2Async(request, cancellationToken);
            foreach (var found in page.S3Objects ?? [])
                yield return found;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <summary>Lists the next level of names under a prefix that ends with a slash, such as accounts or days.</summary>
    public async Task<IReadOnlyList<string>> FoldersAsync(string bucket, string prefix, CancellationToken cancellationToken)
    {
        List<string> folders = [];
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, Delimiter = "/" };
        ListObjectsV2Response page;
        do
        {
            page = await clients.Registered.ListObjectsV2Async(request, cancellationToken);
            folders.AddRange(page.CommonPrefixes ?? []);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return folders;
    }

    public void Dispose() => _places.Dispose();

    private static async Task<FetchedObject> GetAsync(IAmazonS3 s3, string bucket, string key, CancellationToken cancellationToken)
    {
        using var answer = await s3.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key }, cancellationToken);
        if (answer.ContentLength > Largest)
        {
            return FetchedObject.Gone(
                $"The object has {answer.ContentLength} bytes, more than the {Largest} that are read. Look who put it there; Sentinel replay reads such a file from a disk.");
        }

        using var content = new MemoryStream((int)Math.Max(answer.ContentLength, 0));
        await answer.ResponseStream.CopyToAsync(content, cancellationToken);
        return content.Length == answer.ContentLength
            ? new(content.ToArray(), answer.Metadata.Keys.ToDictionary(name => Bare(name), name => answer.Metadata[name], StringComparer.OrdinalIgnoreCase))
            : FetchedObject.Later($"s3://{bucket}/{key} broke off after {content.Length} of {answer.ContentLength} bytes.");
    }

    /// <summary>The SDK names metadata as its header does.</summary>
    private static string Bare(string name) =>
        name.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) ? name["x-amz-meta-".Length..] : name;
}
