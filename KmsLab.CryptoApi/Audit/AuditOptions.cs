using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Audit;

/// <summary>The configuration section <c>CryptoApi:Audit</c>: how long KMS calls are remembered, and who may look them up.</summary>
public sealed class AuditOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi:Audit";

    /// <summary>How long a call is kept: a day to 10 years.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Names of the clients of <c>CryptoApi:Authentication:Clients</c> that may ask <c>/audit</c>. The audit tells each client's doings, so being a client is not enough.
    /// </summary>
    public IList<string> Auditors { get; } = [];
}

internal sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.KeepFor < TimeSpan.FromDays(1) || options.KeepFor > TimeSpan.FromDays(3660))
            errors.AddError($"{AuditOptions.Section}:KeepFor must be between 1.00:00:00 and 3660.00:00:00.");
        if (options.Auditors.Any(string.IsNullOrWhiteSpace))
            errors.AddError($"{AuditOptions.Section}:Auditors has an empty name: name a client of CryptoApi:Authentication:Clients, or leave it out.");
        return errors.Build();
    }
}
