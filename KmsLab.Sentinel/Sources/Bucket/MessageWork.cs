namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>A message under work: what it tells of is fetched while those before it are judged.</summary>
/// <param name="Message">The message.</param>
/// <param name="Objects">What it tells of.</param>
/// <param name="Problem">Why it tells of nothing, where that is wrong.</param>
internal sealed record MessageWork(QueuedMessage Message, IReadOnlyList<ObjectWork> Objects, string? Problem)
{
    /// <summary>The first delivery that it tells of; what no name dates comes first.</summary>
    public DateTimeOffset? DeliveredAt => Objects.Min(item => item.Object.DeliveredAt);

    public static MessageWork Begin(QueuedMessage message, TrailBucket bucket, CancellationToken cancellationToken)
    {
        var notice = ObjectNotice.Read(message.Body);
        return new(message, [.. notice.Objects.Select(item => new ObjectWork(TrailObject.Of(item.Bucket, item.Key), item.Region, bucket, cancellationToken))], notice.Problem);
    }
}

/// <summary>An object that is fetched as soon as it is known, if it is needed at all.</summary>
internal sealed class ObjectWork(TrailObject item, string? region, TrailBucket bucket, CancellationToken cancellationToken)
{
    private readonly Task<FetchedObject>? _fetched = item.Kind is TrailObjectKind.Records or TrailObjectKind.Digest
        ? bucket.FetchAsync(item.Bucket, item.Key, region, cancellationToken)
        : null;

    public TrailObject Object => item;

    /// <summary>The bucket's Region; null for Sentinel's own.</summary>
    public string? Region => region;

    /// <summary>The object; empty if its content does not matter.</summary>
    public Task<FetchedObject> FetchAsync() => _fetched ?? Task.FromResult(new FetchedObject([], new Dictionary<string, string>()));
}
