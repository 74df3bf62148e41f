using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

#pragma warning disable CA5351 // MD5 is what S3 answers with; it guards against accidents, not against people.
/// <summary>Takes in objects' content, and makes, changes and removes versions.</summary>
internal sealed class ObjectStore(StateStore store, ObjectFiles files, EventNotifier notifier, TimeProvider time)
{
    /// <summary>The largest object that one request may carry: 5 GiB.</summary>
    public const long MaxPut = 5L * 1024 * 1024 * 1024;

    private const int BufferSize = 128 * 1024;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

    /// <summary>Reads a request's content into a file, and checks it against every digest that the request gives.</summary>
    /// <param name="call">The call.</param>
    /// <param name="algorithm">The checksum where the request names none; null: none.</param>
    /// <exception cref="AwsException">It isn't what its digests say, or is too large.</exception>
    public async Task<Received> ReceiveAsync(S3Call call, string? algorithm)
    {
        var request = call.Request.Http.Request;
        var chunked = ChunkedBody.IsOne(request) ? new ChunkedBody(request.Body) : null;
        var (asked, value) = Checksum.Asked(call);
        using var checksum = (asked ?? algorithm) is { } name ? new Checksum(name) : null;
        using var sha256 = call.Header("x-amz-content-sha256") is { Length: 64 } ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var file = ObjectFiles.NewName();
        try
        {
            var size = await CopyAsync(chunked ?? request.Body, file, bytes =>
            {
                md5.AppendData(bytes);
                sha256?.AppendData(bytes);
                checksum?.Append(bytes);
            }, request.HttpContext.RequestAborted);

            var digest = md5.GetHashAndReset();
            if (call.Header("x-amz-decoded-content-length") is { } told && told != size.ToString(CultureInfo.InvariantCulture))
                throw new AwsException("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");
            CheckMd5(call.Header("Content-MD5"), digest);
            if (sha256 is not null && !call.Header("x-amz-content-sha256")!.Equals(Convert.ToHexString(sha256.GetHashAndReset()), StringComparison.OrdinalIgnoreCase))
                throw new AwsException("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
            var found = checksum?.Finish();
            if (asked is not null)
                CheckChecksum(call, chunked, asked, value, found!);
            return new(file, size, Convert.ToHexStringLower(digest), checksum?.Algorithm, found);
        }
        catch
        {
            files.Delete(file);
            throw;
        }
    }

    /// <summary>Puts content that is at hand into a file.</summary>
    public async Task<Received> ReceiveAsync(ReadOnlyMemory<byte> content)
    {
        var file = ObjectFiles.NewName();
        using var checksum = new Checksum(Checksum.Default);
        checksum.Append(content.Span);
        await using (var stream = files.Create(file))
            await stream.WriteAsync(content);
        return new(file, content.Length, Convert.ToHexStringLower(MD5.HashData(content.Span)), Checksum.Default, checksum.Finish());
    }

    /// <summary>Makes a new version of an object.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="made">Its content and the rest.</param>
    /// <param name="condition">Looks at what the key names before (null: nothing), and throws where it won't have that.</param>
    /// <param name="origin">Who does it, for those who are told.</param>
    /// <exception cref="AwsException">What <paramref name="condition"/> throws.</exception>
    public async Task<StoredObject> PutAsync(Bucket bucket, string key, NewObject made, Func<StoredObject?, AwsException?>? condition, Origin origin)
    {
        var now = time.GetUtcNow();
        var meta = made.Meta;
        if (bucket.DefaultRetention is { } retention && meta.LockMode is null)
            meta = meta with { LockMode = retention.Mode, RetainUntil = (now + retention.Time).ToUnixTimeMilliseconds() };
        var version = new StoredObject(0, key, bucket.Versioning == "Enabled" ? NewVersion() : ObjectTable.NullVersion, true, false, made.Size, made.ETag, now.ToUnixTimeMilliseconds(), meta);
        var (id, garbage, refusal) = await store.WriteAsync(session =>
        {
            if (condition?.Invoke(ObjectTable.Latest(session, bucket.Key, key) is { IsMarker: false } existing ? existing : null) is { } refused)
                return (0L, made.Segments.Select(segment => segment.File).Where(file => !ObjectTable.IsUsed(session, file)).ToList(), refused);
            var (added, unused) = ObjectTable.Add(session, bucket.Key, bucket.Versioning, version, made.Segments);
            made.Also?.Invoke(session);
            return (added, unused, (AwsException?)null);
        });
        garbage.ForEach(files.Delete);
        if (refusal is not null)
            throw refusal;

        version = version with { Id = id };
        await notifier.TellAsync(bucket, version, made.Event, origin);
        return version;
    }

    /// <summary>Deletes an object, or a version of it.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version; null: what the key names now, of which a versioned bucket keeps the versions.</param>
    /// <param name="mayBypass">Whether retention in governance mode is no hindrance.</param>
    /// <param name="origin">Who does it, for those who are told.</param>
    /// <returns>The version that was removed, or the delete marker that was made.</returns>
    /// <exception cref="AwsException">AccessDenied: the version is locked.</exception>
    public async Task<Deletion> DeleteAsync(Bucket bucket, string key, string? versionId, bool mayBypass, Origin origin)
    {
        var now = time.GetUtcNow();
        var (deletion, garbage, refusal) = await store.WriteAsync(session => Delete(session, bucket, key, versionId, mayBypass, now));
        garbage.ForEach(files.Delete);
        if (refusal is not null)
            throw refusal;
        if (deletion.Told is { } told)
            await notifier.TellAsync(bucket, told, deletion.MadeMarker ? "ObjectRemoved:DeleteMarkerCreated" : "ObjectRemoved:Delete", origin);
        return deletion;
    }

    /// <summary>A new version id.</summary>
    public static string NewVersion() => RandomNumberGenerator.GetString(Letters, 32);

    /// <summary>Whether a version can't be deleted or overwritten now.</summary>
    public static bool IsLocked(ObjectMeta meta, DateTimeOffset now, bool mayBypass) =>
        meta.LegalHold || (meta.RetainUntil > now.ToUnixTimeMilliseconds() && (meta.LockMode == "COMPLIANCE" || !mayBypass));

    private static (Deletion, List<string> Garbage, AwsException?) Delete(WriteSession session, Bucket bucket, string key, string? versionId, bool mayBypass, DateTimeOffset now)
    {
        if (versionId is not null)
        {
            if (ObjectTable.Version(session, bucket.Key, key, versionId) is not { } version)
                return (new(versionId, false, false, null), [], null);
            if (!version.IsMarker && IsLocked(version.Meta, now, mayBypass))
                return (default, [], S3Error.AccessDenied("Access Denied because object protected by object lock."));
            return (new(versionId, version.IsMarker, false, version), ObjectTable.Delete(session, bucket.Key, version), null);
        }

        if (bucket.Versioning is null)
        {
            return ObjectTable.Latest(session, bucket.Key, key) is { } only
                ? (new(null, false, false, only), ObjectTable.Delete(session, bucket.Key, only), null)
                : (new(null, false, false, null), [], null);
        }

        var marker = new StoredObject(
            0, key, bucket.Versioning == "Enabled" ? NewVersion() : ObjectTable.NullVersion, true, true, 0, "", now.ToUnixTimeMilliseconds(), new());
        var (id, garbage) = ObjectTable.Add(session, bucket.Key, bucket.Versioning, marker, []);
        return (new(marker.Version, true, true, marker with { Id = id }), garbage, null);
    }

    private async Task<long> CopyAsync(Stream content, string file, Action<ReadOnlySpan<byte>> see, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var size = 0L;
        try
        {
            await using var stream = files.Create(file);
            while (true)
            {
                var filled = 0;
                while (filled < buffer.Length && await content.ReadAsync(buffer.AsMemory(filled), cancellationToken) is > 0 and var read)
                    filled += read;
                if (filled == 0)
                    return size;
                size += filled;
                if (size > MaxPut)
                    throw new AwsException("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
                see(buffer.AsSpan(0, filled));
                await stream.WriteAsync(buffer.AsMemory(0, filled), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Checks a body against the header Content-MD5.</summary>
    public static void CheckMd5(string? header, ReadOnlySpan<byte> digest)
    {
        if (header is null)
            return;
        Span<byte> told = stackalloc byte[32];
        if (header.Length > 24 || !Convert.TryFromBase64String(header, told, out var length) || length != 16)
            throw new AwsException("InvalidDigest", "The Content-MD5 you specified was invalid.");
        if (!told[..16].SequenceEqual(digest))
            throw S3Error.BadDigest("Content-MD5");
    }

    private static void CheckChecksum(S3Call call, ChunkedBody? chunked, string algorithm, string? header, string found)
    {
        var value = header;
        if (value is null && call.Header("x-amz-trailer") is not null)
        {
            if (chunked is null || !chunked.Trailers.TryGetValue(Checksum.Header(algorithm), out value))
                throw new AwsException("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");
            if (!Checksum.IsValue(algorithm, value))
                throw Checksum.Invalid(algorithm);
        }

        if (value is not null && value != found)
            throw S3Error.BadDigest(algorithm);
    }
}

/// <summary>Content that was taken in.</summary>
/// <param name="File">Its file.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Md5">Its MD5 in hex.</param>
/// <param name="Algorithm">The checksum's algorithm.</param>
/// <param name="Checksum">The checksum in base64.</param>
internal sealed record Received(string File, long Size, string Md5, string? Algorithm, string? Checksum)
{
    public IReadOnlyList<Segment> Segments => [new(File, Size)];
}

/// <summary>A version to be made.</summary>
/// <param name="Segments">The files of its content.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ETag">Its entity tag.</param>
/// <param name="Meta">The rest.</param>
/// <param name="Event">What those are told who want to know, such as <c>ObjectCreated:Put</c>.</param>
/// <param name="Also">What else is written in the same transaction.</param>
internal sealed record NewObject(IReadOnlyList<Segment> Segments, long Size, string ETag, ObjectMeta Meta, string Event, Action<WriteSession>? Also = null);

/// <summary>What a deletion did.</summary>
/// <param name="Version">The version that was removed or made; null in a bucket that isn't versioned.</param>
/// <param name="IsMarker">Whether that is a delete marker.</param>
/// <param name="MadeMarker">Whether it was made.</param>
/// <param name="Told">What there is to tell of; null: nothing happened.</param>
internal readonly record struct Deletion(string? Version, bool IsMarker, bool MadeMarker, StoredObject? Told);

/// <summary>Who does something to an object.</summary>
/// <param name="PrincipalId">The caller's unique id.</param>
/// <param name="SourceIp">Where the call comes from.</param>
/// <param name="RequestId">The call's id.</param>
internal sealed record Origin(string PrincipalId, string SourceIp, string RequestId)
{
    public static Origin Of(AwsCall call) => new(call.Caller.UserId, call.SourceIp, call.RequestId);
}
