using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>Amazon S3: buckets with their settings, objects with their versions.</summary>
/// <remarks>
/// What CloudTrail records of it, and under which names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html.
/// What is done with objects, and the listing of them, are data events: on the trails whose selectors name them.
/// </remarks>
internal sealed class S3Service : AwsService
{
    private readonly Dictionary<string, BucketSetting> _settings = BucketSetting.All.ToDictionary(setting => setting.Query, StringComparer.Ordinal);

    public S3Service(BucketOperations buckets, ObjectOperations objects, ListOperations lists, MultipartOperations multipart) : base("s3", "s3.amazonaws.com")
    {
        AccessDeniedError = "AccessDenied";
        InternalError = "InternalError";

        Serve("ListBuckets", OnTrail.Read, "ListAllMyBuckets", buckets.ListBuckets);
        Serve("CreateBucket", OnTrail.Write, "CreateBucket", buckets.CreateBucket);
        Serve("HeadBucket", OnTrail.DataRead, "ListBucket", BucketOperations.HeadBucket);
        Serve("DeleteBucket", OnTrail.Write, "DeleteBucket", buckets.DeleteBucket);
        Serve("GetBucketLocation", OnTrail.Read, "GetBucketLocation", BucketOperations.GetBucketLocation);
        Serve("GetBucketAcl", OnTrail.Read, "GetBucketAcl", BucketOperations.GetBucketAcl);
        Serve("PutBucketAcl", OnTrail.Write, "PutBucketAcl", BucketOperations.PutBucketAcl);
        Serve("GetBucketPolicy", OnTrail.Read, "GetBucketPolicy", BucketOperations.GetBucketPolicy);
        Serve("PutBucketPolicy", OnTrail.Write, "PutBucketPolicy", buckets.PutBucketPolicy);
        Serve("DeleteBucketPolicy", OnTrail.Write, "DeleteBucketPolicy", buckets.DeleteBucketPolicy);
        Serve("GetBucketPolicyStatus", OnTrail.Read, "GetBucketPolicyStatus", BucketOperations.GetBucketPolicyStatus);
        foreach (var setting in BucketSetting.All)
            Serve(setting, buckets);

        Serve("ListObjectsV2", OnTrail.DataRead, "ListBucket", lists.ListObjectsV2, "ListObjects");
        Serve("ListObjects", OnTrail.DataRead, "ListBucket", lists.ListObjects);
        Serve("ListObjectVersions", OnTrail.DataRead, "ListBucketVersions", lists.ListObjectVersions);

        Serve("PutObject", OnTrail.DataWrite, "PutObject", objects.PutObject);
        Serve("GetObject", OnTrail.DataRead, "GetObject", objects.GetObject);
        Serve("HeadObject", OnTrail.DataRead, "GetObject", objects.GetObject);
        Serve("DeleteObject", OnTrail.DataWrite, "DeleteObject", objects.DeleteObject);
        Serve("DeleteObjects", OnTrail.DataWrite, "DeleteObject", objects.DeleteObjects);
        Serve("CopyObject", OnTrail.DataWrite, "PutObject", objects.CopyObject);
        Serve("GetObjectTagging", OnTrail.DataRead, "GetObjectTagging", objects.GetObjectTagging);
        Serve("PutObjectTagging", OnTrail.DataWrite, "PutObjectTagging", objects.PutObjectTagging);
        Serve("DeleteObjectTagging", OnTrail.DataWrite, "DeleteObjectTagging", objects.DeleteObjectTagging);
        Serve("GetObjectRetention", OnTrail.DataRead, "GetObjectRetention", objects.GetObjectRetention);
        Serve("PutObjectRetention", OnTrail.DataWrite, "PutObjectRetention", objects.PutObjectRetention);
        Serve("GetObjectLegalHold", OnTrail.DataRead, "GetObjectLegalHold", objects.GetObjectLegalHold);
        Serve("PutObjectLegalHold", OnTrail.DataWrite, "PutObjectLegalHold", objects.PutObjectLegalHold);
        Serve("GetObjectAcl", OnTrail.DataRead, "GetObjectAcl", objects.GetObjectAcl);
        Serve("PutObjectAcl", OnTrail.DataWrite, "PutObjectAcl", objects.PutObjectAcl);
        Serve("GetObjectAttributes", OnTrail.DataRead, "GetObjectAttributes", objects.GetObjectAttributes);

        Serve("CreateMultipartUpload", OnTrail.DataWrite, "PutObject", MultipartOperations.CreateMultipartUpload);
        Serve("UploadPart", OnTrail.DataWrite, "PutObject", multipart.UploadPart);
        Serve("UploadPartCopy", OnTrail.DataWrite, "PutObject", multipart.UploadPartCopy);
        Serve("CompleteMultipartUpload", OnTrail.DataWrite, "PutObject", multipart.CompleteMultipartUpload);
        Serve("AbortMultipartUpload", OnTrail.DataWrite, "AbortMultipartUpload", multipart.AbortMultipartUpload);
        Serve("ListParts", OnTrail.DataRead, "ListMultipartUploadParts", multipart.ListParts);
        Serve("ListMultipartUploads", OnTrail.DataRead, "ListBucketMultipartUploads", multipart.ListMultipartUploads);

        Refuse("KmsLab LocalAws serves no websites, writes no access logs, and has one Region's speed.", "PutBucketLogging", "PutBucketWebsite", "DeleteBucketWebsite", "PutBucketAccelerateConfiguration", "PutBucketRequestPayment");
        Refuse("KmsLab LocalAws replicates no objects.", "PutBucketReplication", "DeleteBucketReplication");
        Refuse(
            "KmsLab LocalAws has no analytics, inventories, metrics, tables or tiers of objects.",
            "GetBucketAnalyticsConfiguration", "PutBucketAnalyticsConfiguration", "DeleteBucketAnalyticsConfiguration", "ListBucketAnalyticsConfigurations",
            "GetBucketInventoryConfiguration", "PutBucketInventoryConfiguration", "DeleteBucketInventoryConfiguration", "ListBucketInventoryConfigurations",
            "GetBucketMetricsConfiguration", "PutBucketMetricsConfiguration", "DeleteBucketMetricsConfiguration", "ListBucketMetricsConfigurations",
            "GetBucketIntelligentTieringConfiguration", "PutBucketIntelligentTieringConfiguration", "DeleteBucketIntelligentTieringConfiguration", "ListBucketIntelligentTieringConfigurations");
        Refuse("KmsLab LocalAws doesn't serve this of S3.", "RestoreObject", "SelectObjectContent", "GetObjectTorrent", "CreateSession", "RenameObject", "WriteGetObjectResponse", "ListDirectoryBuckets");
    }

    /// <summary>The operation that a request asks for.</summary>
    /// <exception cref="AwsException">NotImplemented or MethodNotAllowed.</exception>
    public S3Operation Find(S3Request request)
    {
        var name = request.Bucket is null ? OfService(request) : request.Key is null ? OfBucket(request) : OfObject(request);
        try
        {
            return (S3Operation)Find(name);
        }
        catch (AwsException refusal)
        {
            throw S3Error.NotServed(refusal.Message);
        }
    }

    /// <summary>The ARN of what a call touches, for denials.</summary>
    public static string Resource(S3Request request, string region) => request.Bucket is { } bucket
        ? $"arn:{Partitions.Of(region)}:s3:::{bucket}{(request.Key is { } key ? "/" + key : "")}"
        : "*";

    private void Serve(string name, OnTrail onTrail, string action, Func<S3Call, Task<S3Answer>> serve, string? eventName = null) =>
        Add(new S3Operation(name, onTrail, serve) { EventName = eventName ?? name, Action = action });

    private void Serve(BucketSetting setting, BucketOperations buckets)
    {
        var eventName = setting.EventName ?? setting.Operation;
        Serve($"Get{setting.Operation}", OnTrail.Read, $"Get{eventName}", call => BucketOperations.Get(call, setting), $"Get{eventName}");
        if (setting.CanPut)
            Serve($"Put{setting.Operation}", OnTrail.Write, $"Put{eventName}", call => buckets.Put(call, setting), $"Put{eventName}");
        if (setting is { CanPut: true, CanDelete: true })
            Serve(Deletion(setting), OnTrail.Write, $"Put{eventName}", call => buckets.Delete(call, setting), $"Delete{eventName}");
    }

    // The one operation that isn't called as its siblings are.
    private static string Deletion(BucketSetting setting) => setting.Query == "lifecycle" ? "DeleteBucketLifecycle" : $"Delete{setting.Operation}";

    private static string OfService(S3Request request) => request.Method switch
    {
        "GET" or "HEAD" => "ListBuckets",
        _ => throw S3Error.MethodNotAllowed(),
    };

    private string OfBucket(S3Request request)
    {
        foreach (var (query, setting) in _settings)
        {
            if (request.Query.ContainsKey(query))
                return request.Method == "DELETE" ? Deletion(setting) : Verb(request) + setting.Operation;
        }

        foreach (var (query, name) in (ReadOnlySpan<(string, string)>)[("policy", "BucketPolicy"), ("policyStatus", "BucketPolicyStatus"), ("acl", "BucketAcl"), ("location", "BucketLocation"),
            ("analytics", "BucketAnalyticsConfiguration"), ("inventory", "BucketInventoryConfiguration"), ("metrics", "BucketMetricsConfiguration"), ("intelligent-tiering", "BucketIntelligentTieringConfiguration")])
        {
            if (request.Query.ContainsKey(query))
                return Verb(request) + name;
        }

        return request.Method switch
        {
            "GET" when request.Query.ContainsKey("uploads") => "ListMultipartUploads",
            "GET" when request.Query.ContainsKey("versions") => "ListObjectVersions",
            "GET" when request.Query.ContainsKey("session") => "CreateSession",
            "GET" => request.Parameter("list-type") == "2" ? "ListObjectsV2" : "ListObjects",
            "HEAD" => "HeadBucket",
            "PUT" => "CreateBucket",
            "DELETE" => "DeleteBucket",
            "POST" when request.Query.ContainsKey("delete") => "DeleteObjects",
            "POST" => throw S3Error.NotServed("KmsLab LocalAws takes no uploads of browsers' forms."),
            _ => throw S3Error.MethodNotAllowed(),
        };
    }

    private static string OfObject(S3Request request)
    {
        foreach (var (query, name) in (ReadOnlySpan<(string, string)>)[("tagging", "ObjectTagging"), ("acl", "ObjectAcl"), ("retention", "ObjectRetention"), ("legal-hold", "ObjectLegalHold"), ("attributes", "ObjectAttributes"), ("torrent", "ObjectTorrent")])
        {
            if (request.Query.ContainsKey(query))
                return Verb(request) + name;
        }

        var isCopy = request.Header("x-amz-copy-source") is not null;
        var isPart = request.Query.ContainsKey("uploadId");
        return request.Method switch
        {
            "GET" => isPart ? "ListParts" : "GetObject",
            "HEAD" => "HeadObject",
            "PUT" when request.Query.ContainsKey("renameObject") => "RenameObject",
            "PUT" when isPart => isCopy ? "UploadPartCopy" : "UploadPart",
            "PUT" => isCopy ? "CopyObject" : "PutObject",
            "POST" when request.Query.ContainsKey("uploads") => "CreateMultipartUpload",
            "POST" when isPart => "CompleteMultipartUpload",
            "POST" when request.Query.ContainsKey("restore") => "RestoreObject",
            "POST" when request.Query.ContainsKey("select") => "SelectObjectContent",
            "DELETE" => isPart ? "AbortMultipartUpload" : "DeleteObject",
            _ => throw S3Error.MethodNotAllowed(),
        };
    }

    private static string Verb(S3Request request) => request.Method switch
    {
        "GET" or "HEAD" => "Get",
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => throw S3Error.MethodNotAllowed(),
    };
}
