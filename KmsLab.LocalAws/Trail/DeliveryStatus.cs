namespace KmsLab.LocalAws.Trail;

/// <summary>The last deliveries to the trail's log group and bucket. Kept in memory only: AWS's own is about now, too.</summary>
internal sealed class DeliveryStatus
{
    public DateTimeOffset? Delivered { get; private set; }

    public string? Error { get; private set; }

    /// <summary>When a record file last came into the bucket.</summary>
    public DateTimeOffset? FilesDelivered { get; private set; }

    /// <summary>Why none does, as S3's error code.</summary>
    public string? FilesError { get; private set; }

    /// <summary>When a digest file last came into the bucket.</summary>
    public DateTimeOffset? DigestDelivered { get; private set; }

    public void FilesSucceeded(DateTimeOffset at) => (FilesDelivered, FilesError) = (at, null);

    public void FilesFailed(string error) => FilesError = error;

    public void DigestSucceeded(DateTimeOffset at) => DigestDelivered = at;

    public void Succeeded(DateTimeOffset at) => (Delivered, Error) = (at, null);

    public void Failed(string error) => Error = error;
}
