using System.Text.Json.Serialization;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>All buckets, in memory and in the state file.</summary>
internal sealed class BucketStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly Documents<BucketRecord> _documents = new("s3.bucket", S3Json.Wire.BucketRecord);
    private readonly StateStore _store;

    public BucketStore(StateStore store)
    {
        _store = store;
        foreach (var (scope, record) in store.Read(_documents.Load))
            _buckets[record.Name] = new(scope.Account, scope.Region, record);
    }

    public Bucket? Find(string name)
    {
        lock (_lock)
        {
            return _buckets.GetValueOrDefault(name);
        }
    }

    /// <summary>All buckets by name.</summary>
    public List<Bucket> All()
    {
        lock (_lock)
        {
            return [.. _buckets.Values];
        }
    }

    /// <summary>Adds a bucket, unless there is one of the name.</summary>
    /// <returns>Null where there is; otherwise completes when the bucket is on disk.</returns>
    public Task? TryAdd(RegionScope scope, BucketRecord record)
    {
        lock (_lock)
        {
            return _buckets.TryAdd(record.Name, new(scope.Account, scope.Region, record)) ? Put(_buckets[record.Name]) : null;
        }
    }

    /// <summary>Makes a bucket another.</summary>
    /// <exception cref="AwsException">NoSuchBucket: it is gone.</exception>
    public Task Change(string name, Func<Bucket, BucketRecord> change)
    {
        lock (_lock)
        {
            if (!_buckets.TryGetValue(name, out var old))
                throw S3Error.NoSuchBucket();
            return Put(_buckets[name] = new(old.Account, old.Region, change(old)));
        }
    }

    /// <summary>Removes a bucket, if it is empty.</summary>
    public async Task<bool> TryRemoveAsync(Bucket bucket)
    {
        var removed = await _store.WriteAsync(session =>
        {
            if (ObjectTable.HasAny(session, bucket.Key))
                return false;
            _documents.Remove(session, new(bucket.Account, bucket.Region), bucket.Name);
            return true;
        });
        if (removed)
        {
            lock (_lock)
            {
                _buckets.Remove(bucket.Name);
            }
        }

        return removed;
    }

    private Task Put(Bucket bucket) => _store.Enqueue(session => _documents.Put(session, new(bucket.Account, bucket.Region), bucket.Name, bucket.Record));
}

[JsonSerializable(typeof(BucketRecord))]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(PartMeta))]
[JsonSerializable(typeof(NoMembers))]
internal sealed partial class S3Json : JsonSerializerContext
{
    public static readonly S3Json Wire = new(AwsJson.Options());
}
