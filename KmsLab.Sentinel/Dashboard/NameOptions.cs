namespace KmsLab.Sentinel.Dashboard;

/// <summary>Names that people know accounts by.</summary>
internal sealed class NameOptions
{
    /// <summary>Names of accounts by their number, such as <c>111122223333</c> → <c>production</c>.</summary>
    public Dictionary<string, string> Accounts { get; set; } = [];

    public IEnumerable<string> Check()
    {
        foreach (var account in Accounts.Keys.Where(account => account.Length != 12 || !account.All(char.IsAsciiDigit)))
            yield return $"Sentinel:Names:Accounts:{account} is no account number of 12 digits";
        foreach (var (account, _) in Accounts.Where(account => string.IsNullOrWhiteSpace(account.Value)))
            yield return $"Sentinel:Names:Accounts:{account} needs a name";
    }
}
