namespace KmsLab.LocalAws.Wire;

/// <summary>An account in a Region: state is kept by it, and ARNs are made of it.</summary>
internal readonly record struct RegionScope(string Account, string Region)
{
    /// <summary>The ARN of one of its resources, such as <c>key/1234</c> of <c>kms</c>.</summary>
    public string Arn(string service, string resource) => $"arn:{Partitions.Of(Region)}:{service}:{Region}:{Account}:{resource}";

    /// <summary>The ARN of a resource of the account that belongs to no Region, such as <c>role/r</c>.</summary>
    public string IamArn(string resource) => $"arn:{Partitions.Of(Region)}:iam::{Account}:{resource}";
}

/// <summary>AWS's partitions, which a Region's name tells.</summary>
/// <remarks>As <c>partitions.json</c> of the AWS SDKs has them.</remarks>
internal static class Partitions
{
    private static readonly (string Prefix, string Partition)[] Others =
    [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];

    /// <summary>The partition of a Region; <c>aws</c> unless it is one of the others.</summary>
    public static string Of(string region)
    {
        foreach (var (prefix, partition) in Others)
        {
            if (region.StartsWith(prefix, StringComparison.Ordinal))
                return partition;
        }

        return "aws";
    }
}
