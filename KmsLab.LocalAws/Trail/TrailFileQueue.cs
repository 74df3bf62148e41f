using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Trail;

/// <summary>The line of records that wait for a file in their trail's bucket. Where that doesn't exist nothing waits, be it for ever.</summary>
internal sealed class TrailFileQueue
{
    /// <summary>Whether there is a bucket of a name; null where nobody delivers.</summary>
    public Func<string, bool>? HasBucket { get; set; }

    /// <summary>Puts a record in line. On the writer's thread, in the transaction that adds it to the history.</summary>
    public void Add(WriteSession session, string trailArn, string bucket, DeliveryStatus status, long seq, string region)
    {
        if (HasBucket is null)
            return;
        if (HasBucket(bucket))
            session.Execute("INSERT INTO trail_file_pending (seq, trail, region) VALUES ($1, $2, $3)", seq, trailArn, region);
        else
            status.FilesFailed("NoSuchBucket");
    }
}
