using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Authentication;

/// <summary>The configuration section <c>CryptoApi:Authentication</c>: which clients may call.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi:Authentication";

    /// <summary>Where the clients stand.</summary>
    public const string ClientsSection = $"{Section}:Clients";

    /// <summary>Refuse requests without a known key. Off, a key only tells who calls.</summary>
    public bool Required { get; set; }

    /// <summary>The clients. One may stand there twice, with its old and its new key, while it changes them.</summary>
    public IList<ApiClientOptions> Clients { get; } = [];
}

internal sealed class ApiKeyOptionsValidator : IValidateOptions<ApiKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Required && options.Clients.Count == 0)
            errors.AddError($"{ApiKeyOptions.Section}:Required is true, but {ApiKeyOptions.Section}:Clients is empty: make a key with 'KmsLab.CryptoApi new-api-key NAME'.");
        foreach (var error in ApiClientOptions.Check([.. options.Clients], ApiKeyOptions.ClientsSection))
            errors.AddError(error);
        return errors.Build();
    }
}
