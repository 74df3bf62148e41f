using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

#pragma warning disable CA5351 // MD5 is what S3 answers with; it guards against accidents, not against people.
/// <summary>Uploads in parts. A completed object is made of its parts' files as they are.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html</remarks>
internal sealed class MultipartOperations(ObjectStore objects, ObjectOperations single, ObjectFiles files, StateStore store)
{
    private const int MaxParts = 10_000;
    private const int PageSize = 1000;
    private const long MinPart = 5 * 1024 * 1024;
    private const int BufferSize = 256 * 1024;

    public static Task<S3Answer> CreateMultipartUpload(S3Call call)
    {
        var bucket = call.Bucket;
        ObjectOperations.CheckKey(call.Key);
        var algorithm = Checksum.Asked(call).Algorithm;
        var type = call.Header("x-amz-checksum-type") ?? (algorithm is null or "CRC64NVME" ? Checksum.FullObject : Checksum.Composite);
        if (type is not (Checksum.FullObject or Checksum.Composite) || (type == Checksum.FullObject && algorithm is "SHA1" or "SHA256") || (type == Checksum.Composite && algorithm == "CRC64NVME"))
            throw S3Error.InvalidRequest($"The {type} checksum type cannot be used with the {algorithm?.ToLowerInvariant()} checksum algorithm.");
        var meta = ObjectHeaders.Read(call, bucket) with { ChecksumAlgorithm = algorithm, ChecksumType = type };
        var id = ObjectStore.NewVersion() + ObjectStore.NewVersion();
        call.Call.Write(session => session.Execute(
            "INSERT INTO s3_uploads (id, bucket, key, initiated, meta) VALUES ($1, $2, $3, $4, $5)",
            id, bucket.Key, call.Key, call.Call.Time.ToUnixTimeMilliseconds(), JsonSerializer.SerializeToUtf8Bytes(meta, S3Json.Wire.ObjectMeta)));
        var answer = S3Answer.Of("InitiateMultipartUploadResult", S3Answer.Value("Bucket", bucket.Name), S3Answer.Value("Key", call.Key), S3Answer.Value("UploadId", id));
        if (algorithm is not null)
            answer.With("x-amz-checksum-algorithm", algorithm).With("x-amz-checksum-type", type);
        return Task.FromResult(ObjectHeaders.WithEncryption(answer, meta));
    }

    public async Task<S3Answer> UploadPart(S3Call call)
    {
        var number = call.Request.Number("partNumber", 1, MaxParts) ?? throw S3Error.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive");
        var upload = Find(call);
        var received = await objects.ReceiveAsync(call, upload.Meta.ChecksumAlgorithm ?? Checksum.Default);
        if (upload.Meta.ChecksumAlgorithm is { } algorithm && algorithm != received.Algorithm)
        {
            files.Delete(received.File);
            throw S3Error.InvalidRequest($"Checksum Type mismatch occurred, expected checksum Type: {algorithm.ToLowerInvariant()}, actual checksum Type: {received.Algorithm!.ToLowerInvariant()}");
        }

        await AddPartAsync(upload, number, received, call.Call.Time);
        var answer = new S3Answer().With("ETag", $"\"{received.Md5}\"").With(Checksum.Header(received.Algorithm!), received.Checksum);
        return answer.With("x-amz-server-side-encryption", upload.Meta.Encryption);
    }

    public async Task<S3Answer> UploadPartCopy(S3Call call)
    {
        var number = call.Request.Number("partNumber", 1, MaxParts) ?? throw S3Error.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive");
        var upload = Find(call);
        var (source, segments, _) = single.Source(call);
        var (offset, length) = (0L, source.Size);
        if (call.Header("x-amz-copy-source-range") is { } range)
        {
            if (!Microsoft.Net.Http.Headers.RangeHeaderValue.TryParse(range, out var parsed) || parsed.Ranges.Count != 1 || parsed.Ranges.First() is not { From: { } from, To: { } to } || to >= source.Size)
                throw S3Error.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy");
            (offset, length) = (from, to - from + 1);
        }

        var received = await CopyAsync(new(segments, offset, length), upload.Meta.ChecksumAlgorithm ?? Checksum.Default, call.Call.Aborted);
        await AddPartAsync(upload, number, received, call.Call.Time);
        return S3Answer.Of(
            "CopyPartResult", S3Answer.Value("LastModified", S3Answer.Instant(call.Call.Time.ToUnixTimeMilliseconds())), S3Answer.Value("ETag", $"\"{received.Md5}\""),
            S3Answer.Value(Checksum.Element(received.Algorithm!), received.Checksum!));
    }

    public async Task<S3Answer> CompleteMultipartUpload(S3Call call)
    {
        var bucket = call.Bucket;
        var request = await S3Xml.ReadAsync(call, "CompleteMultipartUpload");
        var upload = Find(call);
        var parts = Chosen(request, Parts(upload.Id));
        var meta = upload.Meta with { Parts = parts.ConvertAll(part => new PartMeta { Number = part.Number, Size = part.Size, Checksum = part.Checksum }) };
        var (algorithm, checksum) = await ChecksumAsync(upload.Meta, parts, call.Call.Aborted);
        if (call.Header(Checksum.Header(algorithm)) is { } told && told != checksum)
            throw S3Error.BadDigest(algorithm);
        meta = meta with { ChecksumAlgorithm = algorithm, Checksum = checksum };
        var size = parts.Sum(part => part.Size);
        if (call.Header("x-amz-mp-object-size") is { } expected && expected != size.ToString(CultureInfo.InvariantCulture))
            throw S3Error.InvalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed.");
        var unused = Parts(upload.Id).Select(part => part.File).Except(parts.Select(part => part.File)).ToList();
        // A part without content has no bytes to be a segment of.
        var segments = parts.Where(part => part.Size > 0).Select(part => new Segment(part.File, part.Size)).ToList();
        var wasThere = true;
        var condition = ObjectHeaders.WriteCondition(call);
        var version = await objects.PutAsync(
            bucket, call.Key, new(segments, size, ETag(parts), meta, "ObjectCreated:CompleteMultipartUpload", session => wasThere = Remove(session, upload.Id)), condition, Origin.Of(call.Call));
        if (!wasThere)
            throw S3Error.NoSuchUpload();
        unused.ForEach(files.Delete);
        var answer = S3Answer.Of(
            "CompleteMultipartUploadResult",
            S3Answer.Value("Location", $"{(call.Call.Tls is null ? "http" : "https")}://{call.Call.Host}/{bucket.Name}/{Uri.EscapeDataString(call.Key).Replace("%2F", "/", StringComparison.Ordinal)}"),
            S3Answer.Value("Bucket", bucket.Name), S3Answer.Value("Key", call.Key), S3Answer.Value("ETag", $"\"{version.ETag}\""),
            S3Answer.Value(Checksum.Element(algorithm), checksum), S3Answer.Value("ChecksumType", meta.ChecksumType!));
        return ObjectHeaders.WithEncryption(ObjectOperations.Versioned(answer, bucket, version), meta);
    }

    public async Task<S3Answer> AbortMultipartUpload(S3Call call)
    {
        var upload = Find(call);
        var unused = Parts(upload.Id).ConvertAll(part => part.File);
        await store.Enqueue(session => Remove(session, upload.Id));
        unused.ForEach(files.Delete);
        return S3Answer.NoContent();
    }

    public Task<S3Answer> ListParts(S3Call call)
    {
        var upload = Find(call);
        var max = Math.Min(call.Request.Number("max-parts", 0, int.MaxValue) ?? PageSize, PageSize);
        var marker = call.Request.Number("part-number-marker", 0, int.MaxValue) ?? 0;
        var parts = Parts(upload.Id).Where(part => part.Number > marker).ToList();
        var page = parts.Take(max).ToList();
        return Task.FromResult(S3Answer.Of(
            "ListPartsResult",
            [
                S3Answer.Value("Bucket", call.Bucket.Name), S3Answer.Value("Key", call.Key), S3Answer.Value("UploadId", upload.Id),
                Owner("Initiator", call), Owner("Owner", call), S3Answer.Value("StorageClass", upload.Meta.StorageClass ?? "STANDARD"),
                S3Answer.Value("PartNumberMarker", marker),
                parts.Count > page.Count && page.Count > 0 ? S3Answer.Value("NextPartNumberMarker", page[^1].Number) : null,
                S3Answer.Value("MaxParts", max), S3Answer.Value("IsTruncated", parts.Count > page.Count ? "true" : "false"),
                upload.Meta.ChecksumAlgorithm is { } algorithm ? S3Answer.Value("ChecksumAlgorithm", algorithm) : null,
                upload.Meta.ChecksumAlgorithm is not null ? S3Answer.Value("ChecksumType", upload.Meta.ChecksumType!) : null,
                .. page.Select(part => S3Answer.Element(
                    "Part", S3Answer.Value("PartNumber", part.Number), S3Answer.Value("LastModified", S3Answer.Instant(part.Modified)), S3Answer.Value("ETag", $"\"{part.ETag}\""), S3Answer.Value("Size", part.Size),
                    upload.Meta.ChecksumAlgorithm is { } kind && part.Checksum is not null ? S3Answer.Value(Checksum.Element(kind), part.Checksum) : null)),
            ]));
    }

    public Task<S3Answer> ListMultipartUploads(S3Call call)
    {
        var bucket = call.Bucket;
        var (prefix, delimiter, max) = (call.Parameter("prefix") ?? "", call.Parameter("delimiter") ?? "", Math.Min(call.Request.Number("max-uploads", 0, int.MaxValue) ?? PageSize, PageSize));
        var (keyMarker, idMarker) = (call.Parameter("key-marker") ?? "", call.Parameter("upload-id-marker") ?? "");
        if (delimiter.Length > 0)
            throw S3Error.NotServed("KmsLab LocalAws lists uploads without a delimiter.");
        var uploads = store.Read(connection => connection.Query(
            "SELECT id, key, initiated FROM s3_uploads WHERE bucket = $1 AND (key > $2 OR (key = $2 AND id > $3 AND $3 <> '')) ORDER BY key, id",
            row => (Id: row.GetString(0), Key: row.GetString(1), Initiated: row.GetInt64(2)), bucket.Key, keyMarker, idMarker))
            .Where(upload => upload.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var page = uploads.Take(max).ToList();
        return Task.FromResult(S3Answer.Of(
            "ListMultipartUploadsResult",
            [
                S3Answer.Value("Bucket", bucket.Name), S3Answer.Value("KeyMarker", keyMarker), S3Answer.Value("UploadIdMarker", idMarker),
                uploads.Count > page.Count && page.Count > 0 ? S3Answer.Value("NextKeyMarker", page[^1].Key) : null,
                uploads.Count > page.Count && page.Count > 0 ? S3Answer.Value("NextUploadIdMarker", page[^1].Id) : null,
                S3Answer.Value("Prefix", prefix), S3Answer.Value("MaxUploads", max), S3Answer.Value("IsTruncated", uploads.Count > page.Count ? "true" : "false"),
                .. page.Select(upload => S3Answer.Element(
                    "Upload", S3Answer.Value("Key", upload.Key), S3Answer.Value("UploadId", upload.Id), Owner("Initiator", call), Owner("Owner", call),
                    S3Answer.Value("StorageClass", "STANDARD"), S3Answer.Value("Initiated", S3Answer.Instant(upload.Initiated)))),
            ]));
    }

    private Upload Find(S3Call call)
    {
        var (bucket, id) = (call.Bucket, call.Parameter("uploadId") ?? "");
        return store.Read(connection => connection.Query(
            "SELECT id, meta FROM s3_uploads WHERE id = $1 AND bucket = $2 AND key = $3",
            row => new Upload(row.GetString(0), JsonSerializer.Deserialize(row.Blob(1), S3Json.Wire.ObjectMeta)!), id, bucket.Key, call.Key)).FirstOrDefault() ?? throw S3Error.NoSuchUpload();
    }

    private List<Part> Parts(string upload) => store.Read(connection => connection.Query(
        "SELECT number, size, etag, modified, checksum, file FROM s3_parts WHERE upload = $1 ORDER BY number",
        row => new Part((int)row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.TextOrNull(4), row.GetString(5)), upload));

    private async Task AddPartAsync(Upload upload, int number, Received received, DateTimeOffset now)
    {
        var (isThere, old) = await store.WriteAsync(session =>
        {
            // The upload may have been completed or aborted meanwhile.
            if (session.Scalar("SELECT 1 FROM s3_uploads WHERE id = $1", upload.Id) is null)
                return (false, received.File);
            var before = (string?)session.Scalar("SELECT file FROM s3_parts WHERE upload = $1 AND number = $2", upload.Id, number);
            session.Execute(
                "INSERT INTO s3_parts (upload, number, size, etag, modified, checksum, file) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (upload, number) DO UPDATE SET size = excluded.size, etag = excluded.etag, modified = excluded.modified, checksum = excluded.checksum, file = excluded.file",
                upload.Id, number, received.Size, received.Md5, now.ToUnixTimeMilliseconds(), received.Checksum, received.File);
            return (true, before);
        });
        if (old is not null)
            files.Delete(old);
        if (!isThere)
            throw S3Error.NoSuchUpload();
    }

    private static bool Remove(WriteSession session, string upload)
    {
        session.Execute("DELETE FROM s3_parts WHERE upload = $1", upload);
        return session.Execute("DELETE FROM s3_uploads WHERE id = $1", upload) > 0;
    }

    private static List<Part> Chosen(XElement request, List<Part> parts)
    {
        List<Part> chosen = [];
        foreach (var wanted in request.Elements(S3Answer.Namespace + "Part"))
        {
            if (!int.TryParse(S3Xml.Text(wanted, "PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || S3Xml.Text(wanted, "ETag") is not { } tag)
                throw S3Error.MalformedXml();
            if (chosen.Count > 0 && number <= chosen[^1].Number)
                throw new AwsException("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.");
            if (parts.Find(part => part.Number == number) is not { } part || part.ETag != tag.Trim('"'))
                throw S3Error.InvalidPart();
            foreach (var told in wanted.Elements().Where(element => element.Name.LocalName.StartsWith("Checksum", StringComparison.Ordinal)))
            {
                if (told.Value != part.Checksum)
                    throw S3Error.InvalidPart();
            }

            chosen.Add(part);
        }

        if (chosen.Count == 0)
            throw S3Error.MalformedXml();
        if (chosen.SkipLast(1).Any(part => part.Size < MinPart))
            throw new AwsException("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        return chosen;
    }

    private static string ETag(List<Part> parts)
    {
        var digests = parts.SelectMany(part => Convert.FromHexString(part.ETag)).ToArray();
        return $"{Convert.ToHexStringLower(MD5.HashData(digests))}-{parts.Count}";
    }

    private async Task<(string Algorithm, string Checksum)> ChecksumAsync(ObjectMeta meta, List<Part> parts, CancellationToken cancellationToken)
    {
        var algorithm = meta.ChecksumAlgorithm ?? Checksum.Default;
        if (meta.ChecksumType == Checksum.Composite)
            return (algorithm, Checksum.OfParts(algorithm, parts.ConvertAll(part => part.Checksum!)));
        using var checksum = new Checksum(algorithm);
        await ReadAsync(new([.. parts.Select(part => new Segment(part.File, part.Size))], 0, parts.Sum(part => part.Size)), bytes =>
        {
            checksum.Append(bytes.Span);
            return ValueTask.CompletedTask;
        }, cancellationToken);
        return (algorithm, checksum.Finish());
    }

    private async Task<Received> CopyAsync(ObjectContent content, string algorithm, CancellationToken cancellationToken)
    {
        var file = ObjectFiles.NewName();
        using var checksum = new Checksum(algorithm);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        try
        {
            await using var stream = files.Create(file);
            await ReadAsync(content, bytes =>
            {
                checksum.Append(bytes.Span);
                md5.AppendData(bytes.Span);
                return stream.WriteAsync(bytes, cancellationToken);
            }, cancellationToken);
        }
        catch
        {
            files.Delete(file);
            throw;
        }

        return new(file, content.Length, Convert.ToHexStringLower(md5.GetHashAndReset()), algorithm, checksum.Finish());
    }

    private async Task ReadAsync(ObjectContent content, Func<ReadOnlyMemory<byte>, ValueTask> see, CancellationToken cancellationToken)
    {
        using var reader = new ContentReader(files, content);
        var buffer = new byte[BufferSize];
        while (reader.Read(buffer) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await see(buffer.AsMemory(0, read));
        }
    }

    private static XElement Owner(string name, S3Call call) => S3Answer.Element(name, S3Answer.Value("ID", S3Call.OwnerId(call.Call.Account)));

    private sealed record Upload(string Id, ObjectMeta Meta);

    private sealed record Part(int Number, long Size, string ETag, long Modified, string? Checksum, string File);
}
