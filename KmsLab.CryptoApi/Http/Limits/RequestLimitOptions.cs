using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Limits;

/// <summary>The configuration section <c>CryptoApi:Limits</c>: how much one client, and all together, may ask for.</summary>
public sealed class RequestLimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CryptoApi:Limits";

    /// <summary>Requests a second that one client may keep up; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests that one client may make at once after a pause.</summary>
    public int Burst { get; set; } = 1000;

    /// <summary>Requests of all clients under way at once; 0 for no limit. Each may hold a text of 1 MiB and wait for KMS.</summary>
    public int Concurrency { get; set; } = 256;

    /// <summary>Requests that wait for one of these places before more are turned away.</summary>
    public int Queue { get; set; } = 256;
}

internal sealed class RequestLimitOptionsValidator : IValidateOptions<RequestLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, RequestLimitOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        Check(options.RequestsPerSecond, nameof(options.RequestsPerSecond), 0, errors);
        Check(options.Burst, nameof(options.Burst), 1, errors);
        Check(options.Concurrency, nameof(options.Concurrency), 0, errors);
        Check(options.Queue, nameof(options.Queue), 0, errors);
        return errors.Build();
    }

    private static void Check(int value, string option, int least, ValidateOptionsResultBuilder errors)
    {
        if (value < least)
            errors.AddError($"{RequestLimitOptions.Section}:{option} must be at least {least}.");
    }
}
