using System.Globalization;
using System.Web;
using KmsLab.LocalAws.Wire;
using Microsoft.Net.Http.Headers;

namespace KmsLab.LocalAws.S3;

/// <summary>Objects' metadata in headers: read from a request, written into an answer, and the conditions that ask for them.</summary>
internal static class ObjectHeaders
{
    private const string UserPrefix = "x-amz-meta-";
    private const int MaxUser = 2048;

    /// <summary>What a request says of the object that it makes.</summary>
    public static ObjectMeta Read(S3Call call, Bucket bucket)
    {
        if (call.Header("x-amz-acl") is { } acl && acl is not ("private" or "bucket-owner-full-control"))
            throw S3Error.NoAcls();
        var (algorithm, keyId, bucketKey) = bucket.Encryption;
        if (call.Header("x-amz-server-side-encryption") is { } asked)
        {
            if (asked is not ("AES256" or "aws:kms" or "aws:kms:dsse"))
                throw S3Error.InvalidArgument("The encryption method specified is not supported");
            (algorithm, keyId) = (asked, asked == "AES256" ? null : call.Header("x-amz-server-side-encryption-aws-kms-key-id") ?? (algorithm == asked ? keyId : null));
        }

        var encoding = string.Join(", ", (call.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(part => part != "aws-chunked"));
        var meta = new ObjectMeta
        {
            ContentType = call.Header("Content-Type") ?? "binary/octet-stream",
            CacheControl = call.Header("Cache-Control"),
            ContentDisposition = call.Header("Content-Disposition"),
            ContentEncoding = encoding.Length == 0 ? null : encoding,
            ContentLanguage = call.Header("Content-Language"),
            Expires = call.Header("Expires"),
            Redirect = call.Header("x-amz-website-redirect-location"),
            StorageClass = StorageClass(call.Header("x-amz-storage-class")),
            Encryption = algorithm,
            KmsKeyId = keyId,
            BucketKey = call.Header("x-amz-server-side-encryption-bucket-key-enabled") is { } flag ? S3Text.IsTrue(flag) : bucketKey && algorithm != "AES256",
            User = User(call),
            Tags = Tags(call.Header("x-amz-tagging")),
        };
        return WithLock(call, bucket, meta);
    }

    /// <summary>Tags as a header carries them: <c>a=1&amp;b=2</c>.</summary>
    public static Dictionary<string, string> Tags(string? header)
    {
        Dictionary<string, string> tags = [];
        var query = HttpUtility.ParseQueryString(header ?? "");
        foreach (var name in query.AllKeys)
        {
            if (name is null || name.Length is 0 or > 128 || query[name]!.Length > 256)
                throw S3Error.InvalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.");
            tags[name] = query[name]!;
        }

        return tags.Count <= 10 ? tags : throw new AwsException("BadRequest", "Object tags cannot be greater than 10");
    }

    /// <summary>An object's headers.</summary>
    public static S3Answer Write(S3Answer answer, S3Call call, StoredObject version)
    {
        var meta = version.Meta;
        answer.With("Last-Modified", HeaderUtilities.FormatDate(version.LastModified)).With("ETag", $"\"{version.ETag}\"").With("Accept-Ranges", "bytes")
            .With("Content-Type", call.Parameter("response-content-type") ?? meta.ContentType)
            .With("Cache-Control", call.Parameter("response-cache-control") ?? meta.CacheControl)
            .With("Content-Disposition", call.Parameter("response-content-disposition") ?? meta.ContentDisposition)
            .With("Content-Encoding", call.Parameter("response-content-encoding") ?? meta.ContentEncoding)
            .With("Content-Language", call.Parameter("response-content-language") ?? meta.ContentLanguage)
            .With("Expires", call.Parameter("response-expires") ?? meta.Expires)
            .With("x-amz-website-redirect-location", meta.Redirect)
            .With("x-amz-storage-class", meta.StorageClass)
            .With("x-amz-tagging-count", meta.Tags.Count == 0 ? null : meta.Tags.Count.ToString(CultureInfo.InvariantCulture))
            .With("x-amz-object-lock-mode", meta.LockMode)
            .With("x-amz-object-lock-retain-until-date", meta.RetainUntil is { } until ? S3Answer.Instant(until) : null)
            .With("x-amz-object-lock-legal-hold", meta.LegalHold ? "ON" : null);
        foreach (var (name, value) in meta.User)
            answer.With(UserPrefix + name, value);
        return WithEncryption(answer, meta);
    }

    /// <summary>How an object is said to be encrypted.</summary>
    public static S3Answer WithEncryption(S3Answer answer, ObjectMeta meta) => answer
        .With("x-amz-server-side-encryption", meta.Encryption)
        .With("x-amz-server-side-encryption-aws-kms-key-id", meta.KmsKeyId)
        .With("x-amz-server-side-encryption-bucket-key-enabled", meta.BucketKey ? "true" : null);

    /// <summary>An object's checksum.</summary>
    public static S3Answer WithChecksum(S3Answer answer, ObjectMeta meta) => meta.Checksum is null ? answer : answer
        .With(Checksum.Header(meta.ChecksumAlgorithm!), meta.Checksum).With("x-amz-checksum-type", meta.ChecksumType);

    /// <summary>Holds the conditions of a read against what there is.</summary>
    /// <param name="call">The call.</param>
    /// <param name="version">The object.</param>
    /// <param name="prefix">What stands before the headers' names: those of a copy's source have a prefix.</param>
    /// <exception cref="AwsException">PreconditionFailed, or NotModified.</exception>
    public static void CheckConditions(S3Call call, StoredObject version, string prefix = "")
    {
        var copies = prefix.Length > 0;
        if (call.Header(prefix + "If-Match") is { } match)
        {
            if (!IsTag(match, version))
                throw S3Error.PreconditionFailed();
        }
        else if (Date(call.Header(prefix + "If-Unmodified-Since")) is { } unmodified && version.LastModified > unmodified)
        {
            throw S3Error.PreconditionFailed();
        }

        if (call.Header(prefix + "If-None-Match") is { } none)
        {
            if (IsTag(none, version))
                throw copies ? S3Error.PreconditionFailed() : S3Error.NotModified();
        }
        else if (Date(call.Header(prefix + "If-Modified-Since")) is { } modified && version.LastModified <= modified)
        {
            throw copies ? S3Error.PreconditionFailed() : S3Error.NotModified();
        }
    }

    /// <summary>The condition under which a write takes place.</summary>
    public static Func<StoredObject?, AwsException?>? WriteCondition(S3Call call)
    {
        var (none, match) = (call.Header("If-None-Match"), call.Header("If-Match"));
        if (none is not null && none != "*")
            throw S3Error.NotServed("A header you provided implies functionality that is not implemented");
        if (none is null && match is null)
            return null;
        return existing => none is not null && existing is not null ? S3Error.PreconditionFailed()
            : match is not null && existing is null ? S3Error.NoSuchKey()
            : match is not null && !IsTag(match, existing!) ? S3Error.PreconditionFailed()
            : null;
    }

    private static ObjectMeta WithLock(S3Call call, Bucket bucket, ObjectMeta meta)
    {
        var (mode, until, hold) = (call.Header("x-amz-object-lock-mode"), call.Header("x-amz-object-lock-retain-until-date"), call.Header("x-amz-object-lock-legal-hold"));
        if (mode is null && until is null && hold is null)
            return meta;
        if (!bucket.Record.HasObjectLock)
            throw S3Error.InvalidRequest("Bucket is missing Object Lock Configuration");
        if (mode is null != until is null)
            throw S3Error.InvalidArgument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied");
        if (mode is not (null or "GOVERNANCE" or "COMPLIANCE") || hold is not (null or "ON" or "OFF"))
            throw S3Error.InvalidArgument("Unknown wormMode directive.");
        return meta with { LockMode = mode, RetainUntil = until is null ? null : Retention(until, call.Call.Time), LegalHold = hold == "ON" };
    }

    /// <summary>A retention's end.</summary>
    public static long Retention(string text, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
            throw S3Error.InvalidArgument("The retain until date must be provided in ISO 8601 format");
        return until > now ? until.ToUnixTimeMilliseconds() : throw S3Error.InvalidArgument("The retain until date must be in the future!");
    }

    private static string? StorageClass(string? name) => name switch
    {
        null or "STANDARD" => null,
        "STANDARD_IA" or "ONEZONE_IA" or "INTELLIGENT_TIERING" or "GLACIER_IR" or "REDUCED_REDUNDANCY" or "GLACIER" or "DEEP_ARCHIVE" => name,
        _ => throw new AwsException("InvalidStorageClass", "The storage class you specified is not valid"),
    };

    private static Dictionary<string, string> User(S3Call call)
    {
        Dictionary<string, string> user = [];
        foreach (var (name, value) in call.Request.Http.Request.Headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > UserPrefix.Length)
                user[name[UserPrefix.Length..].ToLowerInvariant()] = value.ToString();
        }

        return user.Sum(entry => entry.Key.Length + entry.Value.Length) <= MaxUser ? user : throw new AwsException("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
    }

    private static bool IsTag(string header, StoredObject version) =>
        header == "*" || header.Split(',').Any(tag => tag.Trim().Replace("W/", "", StringComparison.Ordinal).Trim('"') == version.ETag);

    private static DateTimeOffset? Date(string? header) => header is not null && HeaderUtilities.TryParseDate(header, out var date) ? date : null;
}
