using KmsLab.CryptoApi.Attestation;
using KmsLab.CryptoApi.Encryption;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi;

/// <summary>The configuration section <c>CryptoApi</c>. <c>CryptoApi:Url</c> and <c>CryptoApi:Database</c> are read before these.</summary>
public sealed class CryptoApiOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi";

    /// <summary>The KMS key that wraps data keys: an id, ARN, alias (<c>alias/...</c>) or alias ARN. Resolved to the key's ARN at start.</summary>
    public string KmsKeyId { get; set; } = "alias/kmslab";

    /// <summary>Create the key and its alias at the first start. For the lab; the production role has no right to.</summary>
    public bool CreateKey { get; set; }

    /// <summary>One KMS key for all records, or one for each name.</summary>
    public KeyPolicy KeyPolicy { get; set; } = KeyPolicy.Shared;

    /// <summary>The key that signs this service's KMS calls.</summary>
    public AttestationOptions Attestation { get; set; } = new();

    /// <summary>How long one KMS call may take, with the SDK's retries: up to 5 minutes.</summary>
    public TimeSpan KmsTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the service keeps trying to reach KMS at start before it gives up and stops: up to an hour.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(2);
}

/// <summary>Finds all that is wrong with the options at once. Written out, because range attributes on time spans lose their own message.</summary>
internal sealed class CryptoApiOptionsValidator : IValidateOptions<CryptoApiOptions>
{
    public ValidateOptionsResult Validate(string? name, CryptoApiOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.KmsKeyId))
            errors.AddError("CryptoApi:KmsKeyId is empty: set it to the id, ARN or alias of a symmetric KMS key.");
        if (options.KmsTimeout < TimeSpan.FromMilliseconds(100) || options.KmsTimeout > TimeSpan.FromMinutes(5))
            errors.AddError("CryptoApi:KmsTimeout must be between 00:00:00.100 and 00:05:00.");
        if (options.StartTimeout < TimeSpan.Zero || options.StartTimeout > TimeSpan.FromHours(1))
            errors.AddError("CryptoApi:StartTimeout must be between 00:00:00 and 01:00:00.");
        if (!Enum.IsDefined(options.KeyPolicy))
            errors.AddError("CryptoApi:KeyPolicy must be Shared or PerRecord.");
        return errors.Build();
    }
}
