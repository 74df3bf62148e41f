using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>Headers that S3 obeys and this endpoint refuses, because to ignore them would mislead.</summary>
internal static class RefusedHeaders
{
    private const string OwnerOf = "expected-bucket-owner";

    private static readonly (string Prefix, Func<string, AwsException> Refusal)[] Refused =
    [
        ("x-amz-grant-", _ => S3Error.NoAcls()),
        ("x-amz-server-side-encryption-customer-", NotServed("encrypts no objects, and takes no customers' keys for it")),
        ("x-amz-copy-source-server-side-encryption-customer-", NotServed("encrypts no objects, and takes no customers' keys for it")),
        ("x-amz-checksum-md5", NotServed("has the checksums CRC32, CRC32C, CRC64NVME, SHA1 and SHA256")),
        ("x-amz-checksum-sha512", NotServed("has the checksums CRC32, CRC32C, CRC64NVME, SHA1 and SHA256")),
        ("x-amz-checksum-xxhash", NotServed("has the checksums CRC32, CRC32C, CRC64NVME, SHA1 and SHA256")),
        ("x-amz-if-match-", NotServed("has no directory buckets, whose condition this is")),
        ("x-amz-bucket-namespace", NotServed("has one namespace of buckets")),
        ("x-amz-write-offset-bytes", NotServed("appends to no objects")),
    ];

    /// <summary>Checks the headers of a request.</summary>
    /// <exception cref="AwsException">NotImplemented, AccessControlListNotSupported; AccessDenied: the bucket is another account's than its caller expects.</exception>
    public static void Check(S3Call call)
    {
        foreach (var (name, _) in call.Request.Http.Request.Headers)
        {
            if (!name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var (prefix, refusal) in Refused)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    throw refusal(name.ToLowerInvariant());
            }
        }

        if (call.Header($"x-amz-{OwnerOf}") is { } owner && call.Request.Bucket is not null && call.Call.Operation.Name != "CreateBucket")
            CheckOwner(call.Bucket, owner);
    }

    /// <summary>Checks the account that a copy's source belongs to.</summary>
    /// <exception cref="AwsException">AccessDenied: another one than the caller expects.</exception>
    public static void CheckSource(S3Call call, Bucket source)
    {
        if (call.Header($"x-amz-source-{OwnerOf}") is { } owner)
            CheckOwner(source, owner);
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    private static void CheckOwner(Bucket bucket, string expected)
    {
        if (bucket.Account != expected)
            throw S3Error.AccessDenied();
    }

    private static Func<string, AwsException> NotServed(string why) => name => S3Error.NotServed($"{name}: KmsLab LocalAws {why}.");
}
