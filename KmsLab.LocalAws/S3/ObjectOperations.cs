using System.Globalization;
using System.Xml.Linq;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Net.Http.Headers;

namespace KmsLab.LocalAws.S3;

/// <summary>The operations on single objects.</summary>
internal sealed class ObjectOperations(ObjectStore objects, StateStore store, TimeProvider time)
{
    private const int MaxKey = 1024;
    private const int MaxDeletes = 1000;

    public async Task<S3Answer> PutObject(S3Call call)
    {
        var bucket = call.Bucket;
        CheckKey(call.Key);
        var meta = ObjectHeaders.Read(call, bucket);
        var condition = ObjectHeaders.WriteCondition(call);
        var received = await objects.ReceiveAsync(call, Checksum.Default);
        meta = meta with { ChecksumAlgorithm = received.Algorithm, Checksum = received.Checksum, ChecksumType = Checksum.FullObject };
        var version = await objects.PutAsync(bucket, call.Key, new(received.Segments, received.Size, received.Md5, meta, "ObjectCreated:Put"), condition, Origin.Of(call.Call));
        return ObjectHeaders.WithChecksum(ObjectHeaders.WithEncryption(Versioned(new S3Answer(), bucket, version).With("ETag", $"\"{version.ETag}\""), version.Meta), version.Meta);
    }

    public Task<S3Answer> GetObject(S3Call call)
    {
        var (version, segments) = Find(call);
        ObjectHeaders.CheckConditions(call, version);
        var answer = Versioned(ObjectHeaders.Write(new(), call, version), call.Bucket, version);
        var (offset, length) = (0L, version.Size);
        if (call.Request.Number("partNumber", 1, 10_000) is { } part)
        {
            (offset, length) = PartOf(version, part);
            answer.With("x-amz-mp-parts-count", version.Meta.Parts?.Count.ToString(CultureInfo.InvariantCulture));
            answer.Status = StatusCodes.Status206PartialContent;
        }
        else if (Range(call, version) is { } range)
        {
            (offset, length) = range;
            answer.Status = StatusCodes.Status206PartialContent;
        }

        if (answer.Status == StatusCodes.Status206PartialContent)
            answer.With("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{version.Size}"));
        else if (call.Header("x-amz-checksum-mode") == "ENABLED")
            ObjectHeaders.WithChecksum(answer, version.Meta);
        answer.Content = new(segments, offset, length);
        return Task.FromResult(answer);
    }

    public async Task<S3Answer> DeleteObject(S3Call call)
    {
        var deletion = await objects.DeleteAsync(call.Bucket, call.Key, VersionId(call), MayBypass(call), Origin.Of(call.Call));
        return S3Answer.NoContent().With("x-amz-version-id", deletion.Version).With("x-amz-delete-marker", deletion.IsMarker ? "true" : null);
    }

    public async Task<S3Answer> DeleteObjects(S3Call call)
    {
        var bucket = call.Bucket;
        var request = await S3Xml.ReadAsync(call, "Delete");
        var isQuiet = S3Text.IsTrue(S3Xml.Text(request, "Quiet"));
        var wanted = request.Elements().Where(element => element.Name.LocalName == "Object").ToList();
        if (wanted.Count is 0 or > MaxDeletes)
            throw S3Error.MalformedXml();
        List<XElement> results = [];
        foreach (var one in wanted)
        {
            var (key, versionId) = (S3Xml.Text(one, "Key") ?? throw S3Error.MalformedXml(), S3Xml.Text(one, "VersionId"));
            try
            {
                call.Call.Authorize($"{bucket.Arn}/{key}");
                var deletion = await objects.DeleteAsync(bucket, key, versionId is "" ? null : versionId, MayBypass(call), Origin.Of(call.Call));
                if (!isQuiet)
                    results.Add(Deleted(key, versionId, deletion));
            }
            catch (AwsException error)
            {
                results.Add(S3Answer.Element(
                    "Error", S3Answer.Value("Key", key), versionId is null ? null : S3Answer.Value("VersionId", versionId), S3Answer.Value("Code", error.Code), S3Answer.Value("Message", error.Message)));
            }
        }

        return S3Answer.Of("DeleteResult", results);
    }

    public async Task<S3Answer> CopyObject(S3Call call)
    {
        var bucket = call.Bucket;
        CheckKey(call.Key);
        var (source, segments, sourceBucket) = Source(call);
        var directive = call.Header("x-amz-metadata-directive") ?? "COPY";
        if (directive is not ("COPY" or "REPLACE"))
            throw S3Error.InvalidArgument("Unknown metadata directive.");
        var asked = ObjectHeaders.Read(call, bucket);
        if (directive == "COPY" && source.Key == call.Key && sourceBucket.Key == bucket.Key && call.Header("x-amz-storage-class") is null && call.Header("x-amz-server-side-encryption") is null && source.IsLatest)
            throw S3Error.InvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        var kept = directive == "COPY"
            ? source.Meta with { StorageClass = asked.StorageClass, Encryption = asked.Encryption, KmsKeyId = asked.KmsKeyId, BucketKey = asked.BucketKey, Redirect = asked.Redirect }
            : asked with { ChecksumAlgorithm = source.Meta.ChecksumAlgorithm, Checksum = source.Meta.Checksum, ChecksumType = source.Meta.ChecksumType, Parts = source.Meta.Parts };
        var meta = kept with
        {
            Tags = call.Header("x-amz-tagging-directive") == "REPLACE" ? asked.Tags : source.Meta.Tags,
            LockMode = asked.LockMode,
            RetainUntil = asked.RetainUntil,
            LegalHold = asked.LegalHold,
        };
        var version = await objects.PutAsync(bucket, call.Key, new(segments, source.Size, source.ETag, meta, "ObjectCreated:Copy"), ObjectHeaders.WriteCondition(call), Origin.Of(call.Call));
        var answer = S3Answer.Of(
            "CopyObjectResult", S3Answer.Value("LastModified", S3Answer.Instant(version.Modified)), S3Answer.Value("ETag", $"\"{version.ETag}\""),
            meta.Checksum is null ? null : S3Answer.Value(Checksum.Element(meta.ChecksumAlgorithm!), meta.Checksum), meta.ChecksumType is null ? null : S3Answer.Value("ChecksumType", meta.ChecksumType));
        Versioned(answer, bucket, version);
        if (sourceBucket.Versioning is not null)
            answer.With("x-amz-copy-source-version-id", source.Version);
        return ObjectHeaders.WithEncryption(answer, meta);
    }

    public Task<S3Answer> GetObjectTagging(S3Call call)
    {
        var (version, _) = Find(call);
        var tags = version.Meta.Tags.Select(tag => S3Answer.Element("Tag", S3Answer.Value("Key", tag.Key), S3Answer.Value("Value", tag.Value)));
        return Task.FromResult(Versioned(S3Answer.Of("Tagging", S3Answer.Element("TagSet", tags)), call.Bucket, version));
    }

    public async Task<S3Answer> PutObjectTagging(S3Call call)
    {
        var tags = S3Xml.Tags(await S3Xml.ReadAsync(call, "Tagging"), max: 10);
        return Versioned(new(), call.Bucket, await ChangeAsync(call, meta => meta with { Tags = tags }));
    }

    public async Task<S3Answer> DeleteObjectTagging(S3Call call) =>
        Versioned(S3Answer.NoContent(), call.Bucket, await ChangeAsync(call, meta => meta with { Tags = [] }));

    public Task<S3Answer> GetObjectRetention(S3Call call)
    {
        var (version, _) = FindLockable(call);
        if (version.Meta.LockMode is not { } mode || version.Meta.RetainUntil is not { } until)
            throw new AwsException("NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", 404);
        return Task.FromResult(S3Answer.Of("Retention", S3Answer.Value("Mode", mode), S3Answer.Value("RetainUntilDate", S3Answer.Instant(until))));
    }

    public async Task<S3Answer> PutObjectRetention(S3Call call)
    {
        FindLockable(call);
        var retention = await S3Xml.ReadAsync(call, "Retention");
        var mode = S3Xml.Text(retention, "Mode");
        var until = S3Xml.Text(retention, "RetainUntilDate");
        if (mode is not (null or "GOVERNANCE" or "COMPLIANCE") || mode is null != until is null)
            throw S3Error.MalformedXml();
        var end = until is null ? (long?)null : ObjectHeaders.Retention(until, call.Call.Time);
        await ChangeAsync(call, meta =>
        {
            // A retention may always be lengthened; only governance, with leave, shortened.
            var isWeaker = end is null || end < meta.RetainUntil || (meta.LockMode == "COMPLIANCE" && mode != "COMPLIANCE");
            if (isWeaker && meta.RetainUntil is not null && ObjectStore.IsLocked(meta with { LegalHold = false }, time.GetUtcNow(), MayBypass(call)))
                throw S3Error.AccessDenied("Access Denied because object protected by object lock.");
            return meta with { LockMode = mode, RetainUntil = end };
        });
        return new();
    }

    public Task<S3Answer> GetObjectLegalHold(S3Call call)
    {
        var (version, _) = FindLockable(call);
        return Task.FromResult(S3Answer.Of("LegalHold", S3Answer.Value("Status", version.Meta.LegalHold ? "ON" : "OFF")));
    }

    public async Task<S3Answer> PutObjectLegalHold(S3Call call)
    {
        FindLockable(call);
        var status = S3Xml.Text(await S3Xml.ReadAsync(call, "LegalHold"), "Status");
        if (status is not ("ON" or "OFF"))
            throw S3Error.MalformedXml();
        await ChangeAsync(call, meta => meta with { LegalHold = status == "ON" });
        return new();
    }

    public Task<S3Answer> GetObjectAcl(S3Call call)
    {
        Find(call);
        return Task.FromResult(BucketOperations.OwnersAcl(call.Call.Account));
    }

    public Task<S3Answer> PutObjectAcl(S3Call call)
    {
        Find(call);
        throw S3Error.NoAcls();
    }

    public Task<S3Answer> GetObjectAttributes(S3Call call)
    {
        var (version, _) = Find(call);
        var meta = version.Meta;
        var wanted = (call.Header("x-amz-object-attributes") ?? throw S3Error.InvalidArgument("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty"))
            .Split(',', StringSplitOptions.TrimEntries).ToHashSet();
        var answer = S3Answer.Of(
            "GetObjectAttributesResponse",
            wanted.Contains("ETag") ? S3Answer.Value("ETag", version.ETag) : null,
            wanted.Contains("Checksum") && meta.Checksum is not null
                ? S3Answer.Element("Checksum", S3Answer.Value(Checksum.Element(meta.ChecksumAlgorithm!), meta.Checksum.Split('-')[0]), S3Answer.Value("ChecksumType", meta.ChecksumType!))
                : null,
            wanted.Contains("ObjectParts") && meta.Parts is { } parts ? S3Answer.Element("ObjectParts", S3Answer.Value("TotalPartsCount", parts.Count)) : null,
            wanted.Contains("StorageClass") ? S3Answer.Value("StorageClass", meta.StorageClass ?? "STANDARD") : null,
            wanted.Contains("ObjectSize") ? S3Answer.Value("ObjectSize", version.Size) : null);
        return Task.FromResult(Versioned(answer.With("Last-Modified", HeaderUtilities.FormatDate(version.LastModified)), call.Bucket, version));
    }

    /// <summary>The object that a copy is made from, its conditions held.</summary>
    public (StoredObject Version, List<Segment> Segments, Bucket Bucket) Source(S3Call call)
    {
        var header = call.Header("x-amz-copy-source")!;
        var query = header.IndexOf("?versionId=", StringComparison.Ordinal);
        var versionId = query < 0 ? null : header[(query + "?versionId=".Length)..];
        var path = Uri.UnescapeDataString(query < 0 ? header : header[..query]).TrimStart('/');
        if (path.StartsWith("arn:", StringComparison.Ordinal))
            throw S3Error.NotServed("KmsLab LocalAws has no access points.");
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1)
            throw S3Error.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        var bucket = call.Buckets.Find(path[..slash]) ?? throw S3Error.NoSuchBucket();
        RefusedHeaders.CheckSource(call, bucket);
        var (version, segments) = Find(bucket, path[(slash + 1)..], versionId);
        ObjectHeaders.CheckConditions(call, version, "x-amz-copy-source-");
        return (version, segments, bucket);
    }

    public static void CheckKey(string key)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(key) > MaxKey)
            throw new AwsException("KeyTooLongError", "Your key is too long");
        if (key.Contains('\0', StringComparison.Ordinal))
            throw S3Error.InvalidArgument("A key must not contain NUL");
    }

    public static S3Answer Versioned(S3Answer answer, Bucket bucket, StoredObject version) => bucket.Versioning is null ? answer : answer.With("x-amz-version-id", version.Version);

    private (StoredObject Version, List<Segment> Segments) Find(S3Call call) => Find(call.Bucket, call.Key, VersionId(call));

    private (StoredObject Version, List<Segment> Segments) FindLockable(S3Call call) =>
        call.Bucket.Record.HasObjectLock ? Find(call) : throw S3Error.InvalidRequest("Bucket is missing Object Lock Configuration");

    private (StoredObject Version, List<Segment> Segments) Find(Bucket bucket, string key, string? versionId)
    {
        var (version, segments) = store.Read(connection =>
        {
            // One look, so that the files are those of the row.
            using var transaction = connection.BeginTransaction(deferred: true);
            var found = versionId is null ? ObjectTable.Latest(connection, bucket.Key, key) : ObjectTable.Version(connection, bucket.Key, key, versionId);
            return (found, found is null ? [] : ObjectTable.Segments(connection, found.Id));
        });
        if (version is null)
            throw versionId is null ? S3Error.NoSuchKey() : S3Error.NoSuchVersion();
        if (version.IsMarker)
            throw versionId is null ? S3Error.NoSuchKey() : S3Error.MethodNotAllowed();
        return (version, segments);
    }

    private async Task<StoredObject> ChangeAsync(S3Call call, Func<ObjectMeta, ObjectMeta> change)
    {
        var (bucket, versionId) = (call.Bucket, VersionId(call));
        AwsException? refusal = null;
        var version = await store.WriteAsync(session =>
        {
            var found = versionId is null ? ObjectTable.Latest(session, bucket.Key, call.Key) : ObjectTable.Version(session, bucket.Key, call.Key, versionId);
            if (found is null or { IsMarker: true })
                return null;
            try
            {
                ObjectTable.ChangeMeta(session, found.Id, change(found.Meta));
            }
            catch (AwsException error)
            {
                // Not the writer's fault: it goes on.
                refusal = error;
            }

            return found;
        });
        if (refusal is not null)
            throw refusal;
        return version ?? throw (versionId is null ? S3Error.NoSuchKey() : S3Error.NoSuchVersion());
    }

    private static XElement Deleted(string key, string? versionId, Deletion deletion) => S3Answer.Element(
        "Deleted", S3Answer.Value("Key", key),
        versionId is null ? null : S3Answer.Value("VersionId", versionId),
        deletion.IsMarker ? S3Answer.Value("DeleteMarker", "true") : null,
        deletion.IsMarker ? S3Answer.Value("DeleteMarkerVersionId", deletion.Version!) : null);

    private static string? VersionId(S3Call call) => call.Parameter("versionId") is { Length: > 0 } id ? id : null;

    private static bool MayBypass(S3Call call) => S3Text.IsTrue(call.Header("x-amz-bypass-governance-retention"));

    private static (long Offset, long Length) PartOf(StoredObject version, int number)
    {
        if (version.Meta.Parts is not { } parts)
            return number == 1 ? (0, version.Size) : throw InvalidPartNumber();
        if (number > parts.Count)
            throw InvalidPartNumber();
        return (parts.Take(number - 1).Sum(part => part.Size), parts[number - 1].Size);
    }

    private static AwsException InvalidPartNumber() => new("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);

    /// <summary>What part of an object is asked for; null: all of it. S3 answers several ranges with the whole.</summary>
    private static (long Offset, long Length)? Range(S3Call call, StoredObject version)
    {
        if (call.Header("Range") is not { } header || !RangeHeaderValue.TryParse(header, out var range) || range.Unit != "bytes" || range.Ranges.Count != 1)
            return null;
        if (call.Header("If-Range") is { } tag && tag.Trim('"') != version.ETag)
            return null;
        var one = range.Ranges.First();
        var (from, to) = one.From is { } start ? (start, Math.Min(one.To ?? long.MaxValue, version.Size - 1)) : (Math.Max(0, version.Size - one.To!.Value), version.Size - 1);
        if (from >= version.Size || to < from)
            throw new AwsException("InvalidRange", "The requested range is not satisfiable", 416);
        return (from, to - from + 1);
    }
}
