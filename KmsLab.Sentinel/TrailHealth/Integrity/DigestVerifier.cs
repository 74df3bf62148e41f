using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.TrailHealth.Integrity;

/// <summary>Something that is not as CloudTrail delivered it.</summary>
/// <param name="Place">The object, <c>s3://bucket/key</c>.</param>
/// <param name="What">The rest of a sentence that begins with the object and says what is wrong.</param>
internal sealed record IntegrityProblem(string Place, string What);

/// <summary>A digest that was looked at.</summary>
/// <param name="Digest">The digest; null where it could not be read as one.</param>
/// <param name="Problems">Faults of it, with the one before it, or with the files that it lists.</param>
/// <param name="Valid">The number of its files that are as they were delivered.</param>
/// <param name="Unknown">Why something could not be looked at now, with what to do; null where all was.</param>
internal sealed record VerifiedDigest(DigestFile? Digest, IReadOnlyList<IntegrityProblem> Problems, int Valid, string? Unknown);

/// <summary>
/// Verifies digests: the signature, the one before it, and the hash of each file, as <c>aws cloudtrail validate-logs</c> does.
/// </summary>
/// <remarks>
/// The signed text is the end time, bucket and key, the hash of the unpacked digest, and the signature of the digest before, each on a line
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html).
/// </remarks>
internal sealed class DigestVerifier(TrailBucket bucket, DigestKeys keys)
{
    private const int AtOnce = 8;

    /// <summary>Verifies a digest and all that it lists.</summary>
    public async Task<VerifiedDigest> VerifyAsync(
        TrailObject item, string? region, FetchedObject fetched, CancellationToken cancellationToken)
    {
        if (fetched.Content is not { } packed)
            return fetched.IsForGood ? Broken(item, $"can't be had: {fetched.Problem}") : new(null, [], 0, fetched.Problem);

        byte[] content;
        DigestFile digest;
        try
        {
            content = DigestFile.Unpack(packed);
            digest = DigestFile.Read(content);
        }
        catch (Exception problem) when (problem is JsonException or InvalidDataException)
        {
            return Broken(item, $"is no digest of CloudTrail's: {problem.Message}");
        }

        List<IntegrityProblem> problems = [];
        if ((digest.Bucket, digest.Key) != (item.Bucket, item.Key))
            problems.Add(new(item.Place, $"was delivered as s3://{digest.Bucket}/{digest.Key}, and moved or copied"));
        string? unknown = null;
        try
        {
            if (await SignatureProblemAsync(item, digest, content, fetched, cancellationToken) is { } invalid)
                problems.Add(new(item.Place, invalid));
        }
        catch (Exception problem) when (problem is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            unknown = $"CloudTrail's public keys can't be read: {problem.Message} Sentinel's role needs cloudtrail:ListPublicKeys.";
        }

        unknown = await CheckPreviousAsync(digest, region, problems, cancellationToken) ?? unknown;
        var valid = 0;
        foreach (var some in digest.Files.Chunk(AtOnce))
        {
            foreach (var (file, found, later) in await Task.WhenAll(some.Select(file => CheckAsync(file, region, cancellationToken))))
            {
                unknown = later ?? unknown;
                if (found is not null)
                    problems.Add(new(file.Place, found));
                else if (later is null)
                    valid++;
            }
        }

        return new(digest, problems, valid, unknown);
    }

    private static VerifiedDigest Broken(TrailObject item, string what) => new(null, [new(item.Place, what)], 0, null);

    private async Task<string?> SignatureProblemAsync(
        TrailObject item, DigestFile digest, byte[] content, FetchedObject fetched, CancellationToken cancellationToken)
    {
        if (!fetched.Metadata.TryGetValue("signature", out var signature))
            return "has no signature";
        if (HomeOf(item) is not { } home)
            return "is named like no digest of CloudTrail's";
        if (await keys.FindAsync(home, digest.Fingerprint, digest.Start, cancellationToken) is not { } key)
            return "is signed with a key that is not CloudTrail's";

        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var signed = $"{digest.End}\n{digest.Bucket}/{digest.Key}\n{hash}\n{digest.Previous?.Signature ?? "null"}";
        return DigestKeys.Verify(key, Encoding.UTF8.GetBytes(signed), signature) ? null : "does not match its signature";
    }

    /// <summary>The trail's home Region stands before the time: <c>account_CloudTrail-Digest_Region_trail_home_time.json.gz</c>.</summary>
    private static string? HomeOf(TrailObject item) =>
        item.Key[(item.Key.LastIndexOf('/') + 1)..].Split('_') is [_, _, _, _, .., var home, _] && AwsRegion.IsName(home) ? home : null;

    private async Task<string?> CheckPreviousAsync(
        DigestFile digest, string? region, List<IntegrityProblem> problems, CancellationToken cancellationToken)
    {
        if (digest.Previous is not { } previous)
            return null;

        var place = $"s3://{previous.Bucket}/{previous.Key}";
        var fetched = await bucket.FetchAsync(previous.Bucket, previous.Key, region, cancellationToken);
        if (fetched.Content is not { } content)
        {
            if (!fetched.IsForGood)
                return fetched.Problem;
            problems.Add(new(place, "is missing: the chain of digests is broken"));
        }
        else if (await DigestFile.HashAsync(content, cancellationToken) != previous.Hash
            || fetched.Metadata.GetValueOrDefault("signature") != previous.Signature)
        {
            problems.Add(new(place, "is not the digest that the next one names: it was altered"));
        }

        return null;
    }

    private async Task<(ListedFile File, string? Problem, string? Later)> CheckAsync(
        ListedFile file, string? region, CancellationToken cancellationToken)
    {
        var fetched = await bucket.FetchAsync(file.Bucket, file.Key, region, cancellationToken);
        if (fetched.Content is not { } content)
        {
            return fetched.IsForGood
                ? (file, "is missing: somebody deleted it after CloudTrail delivered it", null)
                : (file, null, fetched.Problem);
        }

        return await DigestFile.HashAsync(content, cancellationToken) == file.Hash
            ? (file, null, null)
            : (file, "was altered: its content is not what CloudTrail delivered", null);
    }
}
