using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Authentication;

/// <summary>The configuration section <c>CryptoApi:Authentication</c>: which clients may call.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi:Authentication";

    /// <summary>Refuse requests without a known key. Off, a key only tells who calls.</summary>
    public bool Required { get; set; }

    /// <summary>The clients. One may stand there twice, with its old and its new key, while it changes them.</summary>
    public IList<ApiClientOptions> Clients { get; } = [];
}

/// <summary>A client that may call.</summary>
public sealed class ApiClientOptions
{
    /// <summary>Its name: in rate limits and the audit, never secret.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of its key, in 64 hexadecimal digits.</summary>
    public string KeyHash { get; set; } = "";
}

internal sealed class ApiKeyOptionsValidator : IValidateOptions<ApiKeyOptions>
{
    private const int MaxName = 64;

    /// <summary>What is wrong with a client's name, after the words 'the name'; null when nothing is.</summary>
    public static string? ProblemOfName(string name) => name switch
    {
        { Length: 0 or > MaxName } => $"must have 1 to {MaxName} characters",
        _ when name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) => "may have letters, digits, '-', '_' and '.' only",
        _ => null,
    };

    public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Required && options.Clients.Count == 0)
            errors.AddError($"{ApiKeyOptions.Section}:Required is true, but {ApiKeyOptions.Section}:Clients is empty: make a key with 'KmsLab.CryptoApi new-api-key NAME'.");
        for (var i = 0; i < options.Clients.Count; i++)
            Check(options.Clients[i], $"{ApiKeyOptions.Section}:Clients:{i}", errors);
        foreach (var shared in options.Clients.GroupBy(client => client.KeyHash, StringComparer.OrdinalIgnoreCase).Where(same => same.Key.Length > 0 && same.Count() > 1))
            errors.AddError($"{ApiKeyOptions.Section}:Clients has one KeyHash for {string.Join(" and ", shared.Select(client => client.Name))}: give each a key of its own.");
        return errors.Build();
    }

    private static void Check(ApiClientOptions client, string path, ValidateOptionsResultBuilder errors)
    {
        if (ProblemOfName(client.Name) is { } problem)
            errors.AddError($"{path}:Name {problem}.");
        if (client.KeyHash.Length != ApiKey.HashDigits || !client.KeyHash.All(char.IsAsciiHexDigit))
            errors.AddError($"{path}:KeyHash must be SHA-256 of the client's key in {ApiKey.HashDigits} hexadecimal digits, not the key itself.");
    }
}
