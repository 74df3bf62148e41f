namespace KmsLab.Sentinel.Trail;

/// <summary>What is known of a call that uses another account's key.</summary>
internal enum ForeignUse
{
    /// <summary>The key is the account's own, or there is none.</summary>
    None,

    /// <summary>Nobody knows yet what is usual here.</summary>
    Learning,

    /// <summary>The key has been in use for long.</summary>
    Usual,

    /// <summary>The principal uses that account's keys for the first time.</summary>
    First,

    /// <summary>It has done so before, and the key is no usual one.</summary>
    Repeated,
}
