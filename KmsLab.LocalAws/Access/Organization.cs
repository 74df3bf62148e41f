using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Access;

/// <summary>The organization of <c>LocalAws:Organization</c>, if there is one.</summary>
internal sealed class Organization(IOptions<LocalAwsOptions> options)
{
    private readonly HashSet<string> _accounts = [.. options.Value.Organization.Accounts, options.Value.AccountId];

    /// <summary>Its id; null where there is none.</summary>
    public string? Id { get; } = options.Value.Organization.Id is { Length: > 0 } id ? id : null;

    public string ManagementAccount { get; } = options.Value.AccountId;

    /// <summary>Tells whether an account belongs to it.</summary>
    public bool Has(string account) => Id is not null && _accounts.Contains(account);

    /// <summary>The ARN of the organization, or of one of its accounts.</summary>
    /// <param name="region">The caller's Region, which tells the partition.</param>
    /// <param name="account">The account; null for the organization.</param>
    public string Arn(string region, string? account = null) =>
        $"arn:{Partitions.Of(region)}:organizations::{ManagementAccount}:{(account is null ? "organization" : "account")}/{Id}{(account is null ? "" : "/" + account)}";
}
