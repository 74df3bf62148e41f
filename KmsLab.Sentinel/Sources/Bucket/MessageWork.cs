namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>A message under work.</summary>
/// <param name="message">The message.</param>
/// <param name="notice">Its body, read.</param>
internal sealed class MessageWork(QueuedMessage message, ObjectNotice notice)
{
    public QueuedMessage Message => message;

    /// <summary>The objects that it tells of.</summary>
    public IReadOnlyList<ObjectWork> Objects { get; } = [.. notice.Objects.Select(item => new ObjectWork(TrailObject.Of(item.Bucket, item.Key), item.Region))];

    /// <summary>The time of the first delivery that it tells of; what no name dates comes first.</summary>
    public DateTimeOffset? DeliveredAt => Objects.Min(item => item.Object.DeliveredAt);

    /// <summary>The reason why it is of no use, or a part of it, for good; null while it is.</summary>
    public string? Useless { get; set; } = notice.Problem;

    /// <summary>The reason why it has to be received again; null if it has not.</summary>
    public string? Later { get; set; }

    /// <summary>Sets out to fetch its objects.</summary>
    public void Fetch(TrailBucket bucket, CancellationToken cancellationToken)
    {
        foreach (var item in Objects)
            item.Fetch(bucket, cancellationToken);
    }
}

/// <summary>An object that a message tells of.</summary>
/// <param name="item">The object.</param>
/// <param name="region">The bucket's Region; null for Sentinel's own.</param>
internal sealed class ObjectWork(TrailObject item, string? region)
{
    private Task<FetchedObject>? _fetched;

    public TrailObject Object => item;

    public string? Region => region;

    /// <summary>Sets out to fetch it, if its content matters and nobody has yet.</summary>
    public void Fetch(TrailBucket bucket, CancellationToken cancellationToken)
    {
        if (item.Kind is TrailObjectKind.Records or TrailObjectKind.Digest)
            _fetched ??= bucket.FetchAsync(item.Bucket, item.Key, region, cancellationToken);
    }

    /// <summary>Takes what was fetched, once, and holds it no longer. Nothing, where nobody set out to fetch it.</summary>
    public async Task<FetchedObject?> TakeAsync()
    {
        var fetched = _fetched;
        _fetched = null;
        return fetched is null ? null : await fetched;
    }
}
