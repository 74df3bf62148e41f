using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Simulator.Service;

/// <summary>The section <c>Simulator</c>: what the service's scenarios are aimed at, and who is asked what was found.</summary>
internal sealed class SimulatorOptions
{
    public const string Section = "Simulator";

    /// <summary>The name of the vault's connection string.</summary>
    public const string Vault = "vault";

    /// <summary>The list of settings, for <c>serve --help</c>.</summary>
    public const string Help = """
        Simulator:CryptoApi            the application; http://localhost:5080
        Simulator:Endpoint             the AWS endpoint; http://localhost:4566
        Simulator:Sentinel             who is asked what was found; http://localhost:5090
        Simulator:Region               the Region; us-east-1
        Simulator:AccountId            the account; 000000000000
        Simulator:ApiKeyFile           a file with an API key, where the application asks for one
        Simulator:SentinelApiKeyFile   the same for Sentinel
        Simulator:Database             Sqlite or PostgreSql (default): the engine of the application's database
        ConnectionStrings:vault        that database, which a thief has a copy of; without it two scenarios are not available
        ConnectionStrings:vault:PasswordFile
                                       the file that holds its password
        Simulator:Prelude              how long normal traffic goes before an attack in its midst; 00:00:15
        Simulator:Patience             how long expected alarms are waited for; 00:01:00
        """;

    /// <summary>The application's address: on this machine, as the endpoint's.</summary>
    public string CryptoApi { get; set; } = "http://localhost:5080";

    /// <summary>The AWS endpoint's address.</summary>
    public string Endpoint { get; set; } = "http://localhost:4566";

    /// <summary>Sentinel's address: it is asked for alarms.</summary>
    public string Sentinel { get; set; } = "http://localhost:5090";

    /// <summary>The Region that is attacked.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The account, 12 digits.</summary>
    public string AccountId { get; set; } = "000000000000";

    /// <summary>A file with an API key for the application, where it asks for one.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>A file with an API key for Sentinel, where it is not open on loopback.</summary>
    public string? SentinelApiKeyFile { get; set; }

    /// <summary>The engine of the vault's database; PostgreSQL unless it is named, as for CryptoApi itself.</summary>
    public string? Database { get; set; }

    /// <summary>So much normal traffic goes before an attack in the midst of it.</summary>
    public TimeSpan Prelude { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time to wait for an expected alarm, after the attack.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The API key in a file, which may change while the service runs.</summary>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="SimulatorException">It can't be read.</exception>
    public static string? KeyIn(string? file)
    {
        if (string.IsNullOrEmpty(file))
            return null;
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorException($"The API key in {file} can't be read: {problem.Message}", problem);
        }
    }

    /// <summary>The target that scenarios are aimed at now.</summary>
    /// <param name="configuration">Where the vault's connection string stands.</param>
    public LabTarget TargetIn(IConfiguration configuration) => new(new Uri(CryptoApi), new Uri(Endpoint), Region)
    {
        AccountId = AccountId,
        ApiKey = KeyIn(ApiKeyFile),
        Vault = VaultIn(configuration),
    };

    /// <summary>The vault that a thief has a copy of; null when none is named.</summary>
    public ReadOnlyDatabase? VaultIn(IConfiguration configuration)
    {
        if (configuration.GetConnectionString(Vault) is not { Length: > 0 } connection)
            return null;

        var passwordFile = configuration[$"ConnectionStrings:{Vault}:PasswordFile"] is { Length: > 0 } file ? file : null;
        return new(connection, configuration.GetDatabaseProvider($"{Section}:{nameof(Database)}"), passwordFile);
    }
}
