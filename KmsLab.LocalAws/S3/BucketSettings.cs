using System.Xml.Linq;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>A setting of buckets that is an XML document of its own.</summary>
/// <param name="Query">Its name in queries, such as <c>lifecycle</c>.</param>
/// <param name="Root">The root of its XML.</param>
/// <param name="Operation">What its operations are called after Get, Put and Delete.</param>
/// <param name="EventName">What CloudTrail calls them, where that differs.</param>
/// <param name="Missing">The error where it isn't set; null: <paramref name="Otherwise"/> is answered.</param>
/// <param name="Otherwise">What holds where it never was set: elements of the root.</param>
/// <param name="CanPut">Whether it can be set here.</param>
/// <param name="CanDelete">Whether AWS has an operation that takes it away.</param>
/// <param name="PutStatus">The status of a Put.</param>
internal sealed record BucketSetting(
    string Query, string Root, string Operation, string? EventName = null, (string Code, string Message)? Missing = null, string? Otherwise = null, bool CanPut = true, bool CanDelete = true, int PutStatus = 200)
{
    public static readonly IReadOnlyList<BucketSetting> All =
    [
        new("versioning", "VersioningConfiguration", "BucketVersioning", CanDelete: false, Otherwise: ""),
        new("encryption", "ServerSideEncryptionConfiguration", "BucketEncryption",
            Otherwise: "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>"),
        new("lifecycle", "LifecycleConfiguration", "BucketLifecycleConfiguration", "BucketLifecycle",
            Missing: ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")),
        new("publicAccessBlock", "PublicAccessBlockConfiguration", "PublicAccessBlock", "BucketPublicAccessBlock",
            Missing: ("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
            Otherwise: "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>"),
        new("ownershipControls", "OwnershipControls", "BucketOwnershipControls",
            Missing: ("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"), Otherwise: "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"),
        new("tagging", "Tagging", "BucketTagging", Missing: ("NoSuchTagSet", "The TagSet does not exist"), PutStatus: 204),
        new("object-lock", "ObjectLockConfiguration", "ObjectLockConfiguration", "BucketObjectLockConfiguration",
            Missing: ("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"), CanDelete: false),
        new("notification", "NotificationConfiguration", "BucketNotificationConfiguration", "BucketNotification", CanDelete: false, Otherwise: ""),
        new("cors", "CORSConfiguration", "BucketCors", Missing: ("NoSuchCORSConfiguration", "The CORS configuration does not exist")),
        new("logging", "BucketLoggingStatus", "BucketLogging", CanPut: false, CanDelete: false, Otherwise: ""),
        new("website", "WebsiteConfiguration", "BucketWebsite", Missing: ("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"), CanPut: false),
        new("replication", "ReplicationConfiguration", "BucketReplication", Missing: ("ReplicationConfigurationNotFoundError", "The replication configuration was not found"), CanPut: false),
        new("accelerate", "AccelerateConfiguration", "BucketAccelerateConfiguration", "AccelerateConfiguration", CanPut: false, CanDelete: false, Otherwise: ""),
        new("requestPayment", "RequestPaymentConfiguration", "BucketRequestPayment", CanPut: false, CanDelete: false, Otherwise: "<Payer>BucketOwner</Payer>"),
    ];

    /// <summary>Checks what is to be set.</summary>
    /// <exception cref="AwsException">It can't be.</exception>
    public void Check(XElement configuration, Bucket bucket)
    {
        switch (Query)
        {
            case "versioning":
                var status = S3Xml.Text(configuration, "Status");
                if (status is not ("Enabled" or "Suspended"))
                    throw new AwsException("IllegalVersioningConfigurationException", "The Versioning element must be specified");
                if (S3Xml.Text(configuration, "MfaDelete") == "Enabled")
                    throw S3Error.NotServed("KmsLab LocalAws knows no MFA delete.");
                if (status == "Suspended" && bucket.Record.HasObjectLock)
                    throw new AwsException("InvalidBucketState", "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.", 409);
                break;
            case "object-lock":
                if (bucket.Versioning != "Enabled")
                    throw new AwsException("InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration", 409);
                if (S3Xml.Text(configuration, "ObjectLockEnabled") != "Enabled" || configuration.Descendants().Any(mode => mode.Name.LocalName == "Mode" && mode.Value is not ("GOVERNANCE" or "COMPLIANCE")))
                    throw S3Error.MalformedXml();
                break;
            case "encryption":
                if (configuration.Descendants().Where(element => element.Name.LocalName == "SSEAlgorithm").Select(element => element.Value).FirstOrDefault() is not ("AES256" or "aws:kms" or "aws:kms:dsse"))
                    throw S3Error.MalformedXml();
                break;
            case "ownershipControls":
                if (configuration.Descendants().Where(element => element.Name.LocalName == "ObjectOwnership").Select(element => element.Value).FirstOrDefault() is not ("BucketOwnerEnforced" or "BucketOwnerPreferred" or "ObjectWriter"))
                    throw S3Error.MalformedXml();
                break;
            case "tagging":
                S3Xml.Tags(configuration, max: 50);
                break;
            case "lifecycle" or "cors":
                if (!configuration.HasElements)
                    throw S3Error.MalformedXml();
                break;
            case "notification":
                NotificationTarget.Read(configuration);
                break;
        }
    }
}
