using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Idempotency;

/// <summary>The configuration section <c>CryptoApi:Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi:Idempotency";

    /// <summary>How long a retry gets the first answer again: up to 30 days.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(24);
}

internal sealed class IdempotencyOptionsValidator : IValidateOptions<IdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, IdempotencyOptions options) =>
        options.KeepFor >= TimeSpan.FromMinutes(5) && options.KeepFor <= TimeSpan.FromDays(30)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{IdempotencyOptions.Section}:KeepFor must be between 00:05:00 and 30.00:00:00.");
}
