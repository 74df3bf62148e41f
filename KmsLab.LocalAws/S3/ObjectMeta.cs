namespace KmsLab.LocalAws.S3;

/// <summary>What is kept of an object besides its content.</summary>
internal sealed record ObjectMeta
{
    public string ContentType { get; init; } = "binary/octet-stream";
    public string? CacheControl { get; init; }
    public string? ContentDisposition { get; init; }
    public string? ContentEncoding { get; init; }
    public string? ContentLanguage { get; init; }
    public string? Expires { get; init; }
    public string? Redirect { get; init; }
    public string? StorageClass { get; init; }
    public string Encryption { get; init; } = "AES256";
    public string? KmsKeyId { get; init; }
    public bool BucketKey { get; init; }

    /// <summary>The writer's own metadata, without <c>x-amz-meta-</c>.</summary>
    public Dictionary<string, string> User { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];
    public string? LockMode { get; init; }

    /// <summary>Until when the version can't be deleted, in Unix milliseconds.</summary>
    public long? RetainUntil { get; init; }

    public bool LegalHold { get; init; }

    /// <summary>The checksum's algorithm as S3 names it, such as <c>CRC64NVME</c>.</summary>
    public string? ChecksumAlgorithm { get; init; }

    /// <summary><c>FULL_OBJECT</c> or <c>COMPOSITE</c>.</summary>
    public string? ChecksumType { get; init; }

    /// <summary>The checksum in base64; a composite one with its number of parts behind it.</summary>
    public string? Checksum { get; init; }

    /// <summary>The parts of a multipart upload with their checksums; null for an object put at once.</summary>
    public List<PartMeta>? Parts { get; init; }
}

/// <summary>A part of an object.</summary>
internal sealed record PartMeta
{
    public required int Number { get; init; }
    public required long Size { get; init; }
    public string? Checksum { get; init; }
}

/// <summary>A version of an object as it is kept.</summary>
/// <param name="Id">Its row; later versions have higher ones.</param>
/// <param name="Key">Its key.</param>
/// <param name="Version">Its version id; <c>null</c> where the bucket isn't versioned.</param>
/// <param name="IsLatest">Whether it is what its key names now.</param>
/// <param name="IsMarker">Whether it is a delete marker.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ETag">Its entity tag, without quotes.</param>
/// <param name="Modified">When it was written, in Unix milliseconds.</param>
/// <param name="Meta">The rest.</param>
internal sealed record StoredObject(long Id, string Key, string Version, bool IsLatest, bool IsMarker, long Size, string ETag, long Modified, ObjectMeta Meta)
{
    /// <summary>When it was written, as HTTP writes it: to the second.</summary>
    public DateTimeOffset LastModified => DateTimeOffset.FromUnixTimeSeconds(Modified / 1000);
}
