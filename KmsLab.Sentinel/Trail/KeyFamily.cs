namespace KmsLab.Sentinel.Trail;

/// <summary>
/// The key that an ARN means, in whatever Region: a multi-Region key and its replicas have one id (<c>mrk-...</c>) and one key material, so what the primary
/// encrypted any of them decrypts.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html</remarks>
internal static class KeyFamily
{
    /// <summary>The same text for all keys of a family: the ARN with <c>*</c> for its Region. Other keys are families of one.</summary>
    /// <param name="keyArn">A key's ARN.</param>
    public static string Of(string keyArn) => keyArn.Contains(":key/mrk-", StringComparison.Ordinal)
        && keyArn.Split(':') is ["arn", var partition, "kms", _, var account, ['k', 'e', 'y', '/', 'm', 'r', 'k', '-', ..] key]
            ? $"arn:{partition}:kms:*:{account}:{key}"
            : keyArn;
}
