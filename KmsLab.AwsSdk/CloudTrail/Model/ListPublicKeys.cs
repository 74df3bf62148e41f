using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>Lists the public keys of a Region that digest files were signed with in a time.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html</remarks>
public partial class ListPublicKeysRequest : AmazonCloudTrailRequest
{
    public DateTime? EndTime { get; set; }

    public string NextToken { get; set; }

    public DateTime? StartTime { get; set; }
}

/// <summary>A page of keys.</summary>
public partial class ListPublicKeysResponse : AmazonWebServiceResponse
{
    public string NextToken { get; set; }

    public List<PublicKey> PublicKeyList { get; set; } = AWSConfigs.InitializeCollections ? new List<PublicKey>() : null;
}

/// <summary>A key that digest files are signed with.</summary>
public partial class PublicKey
{
    /// <summary>The name by which a digest tells which key it is signed with.</summary>
    public string Fingerprint { get; set; }

    public DateTime? ValidityEndTime { get; set; }

    public DateTime? ValidityStartTime { get; set; }

    /// <summary>The key, DER of PKCS #1.</summary>
    public MemoryStream Value { get; set; }
}
