using System.Data.Common;
using System.Text.RegularExpressions;
using KmsLab.ServiceDefaults.Database;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace KmsLab.Simulator.Service;

/// <summary>Tells all that is wrong with the settings at once.</summary>
internal sealed partial class SimulatorOptionsValidator(IConfiguration configuration) : IValidateOptions<SimulatorOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        CheckTarget(errors, nameof(options.CryptoApi), options.CryptoApi);
        CheckTarget(errors, nameof(options.Endpoint), options.Endpoint);
        if (UrlOf(options.Sentinel) is null)
            errors.AddError("Simulator:Sentinel is no address: write it as http://localhost:5090.");
        if (!Region().IsMatch(options.Region))
            errors.AddError("Simulator:Region must be a Region such as us-east-1.");
        if (!Account().IsMatch(options.AccountId))
            errors.AddError("Simulator:AccountId must be 12 digits.");
        CheckFile(errors, "Simulator:ApiKeyFile", options.ApiKeyFile);
        CheckFile(errors, "Simulator:SentinelApiKeyFile", options.SentinelApiKeyFile);
        if (options.Prelude < TimeSpan.Zero || options.Prelude > Longest)
            errors.AddError("Simulator:Prelude must be between 00:00:00 and 00:10:00.");
        if (options.Patience < TimeSpan.Zero || options.Patience > Longest)
            errors.AddError("Simulator:Patience must be between 00:00:00 and 00:10:00.");
        CheckVault(errors);
        return errors.Build();
    }

    /// <summary>The service attacks, whoever asks it: nothing but this machine is ever its target.</summary>
    private static void CheckTarget(ValidateOptionsResultBuilder errors, string setting, string value)
    {
        if (UrlOf(value) is not { } url)
            errors.AddError($"Simulator:{setting} is no address: write it as http://localhost:5080.");
        else if (!url.IsLoopback)
            errors.AddError($"Simulator:{setting} is beyond this machine, and scenarios attack for real. Name an address on loopback.");
    }

    private static void CheckFile(ValidateOptionsResultBuilder errors, string setting, string? file)
    {
        if (!string.IsNullOrEmpty(file) && !File.Exists(file))
            errors.AddError($"{setting}: there is no file {file}.");
    }

    private void CheckVault(ValidateOptionsResultBuilder errors)
    {
        try
        {
            var provider = configuration.GetDatabaseProvider("Simulator:Database");
            if (configuration.GetConnectionString(SimulatorOptions.Vault) is not { Length: > 0 } text)
                return;
            DbConnectionStringBuilder parsed =
                provider == DatabaseProvider.Sqlite ? new SqliteConnectionStringBuilder() : new NpgsqlConnectionStringBuilder();
            parsed.ConnectionString = text;
        }
        catch (InvalidOperationException unknown)
        {
            errors.AddError(unknown.Message);
        }
        catch (ArgumentException)
        {
            // Not quoted: it may hold a password.
            errors.AddError("ConnectionStrings:vault is no connection string of Simulator:Database's engine.");
        }
    }

    private static Uri? UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    [GeneratedRegex("^[a-z]{2}(-[a-z]+)+-[0-9]$")]
    private static partial Regex Region();

    [GeneratedRegex("^[0-9]{12}$")]
    private static partial Regex Account();
}
