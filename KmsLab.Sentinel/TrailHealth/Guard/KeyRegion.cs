namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>The Region of a key.</summary>
internal static class KeyRegion
{
    /// <summary>The Region in a key's ARN; empty when there is none.</summary>
    public static string Of(string keyArn) => keyArn.Split(':') is ["arn", _, "kms", var region, _, _, ..] ? region : "";
}
