using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.CommandLine;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi;

/// <summary>The service's command line.</summary>
internal static class CryptoApiProgram
{
    public static ServiceDescription Description => new(CryptoApiOptions.Section)
    {
        Summary = "CryptoApi keeps short secret texts: encrypted under an AWS KMS key, in PostgreSQL or SQLite, behind a small HTTP API "
            + "that describes itself at /.",
        Commands =
        [
            MigrateCommand.Create(CryptoApiOptions.Section, CryptoApiExtensions.ConnectionName, CryptoApiExtensions.DatabaseKey, typeof(CryptoApiProgram).Assembly),
            ApiKey.CreateCommand(ApiKeyOptions.ClientsSection),
        ],
        Settings =
        [
            new("CryptoApi:Url", "where it listens, unless ASP.NET Core's own settings say so", "http://localhost:5080"),
            new("CryptoApi:Database", "PostgreSql or Sqlite", "PostgreSql"),
            new("ConnectionStrings:vault", "the database; with Sqlite such as 'Data Source=vault.db'"),
            new("CryptoApi:KmsKeyId", "the KMS key: id, ARN or alias", "alias/kmslab"),
            new("CryptoApi:CreateKey", "create the key and its alias when they are absent; for a lab", "False"),
            new("CryptoApi:Authentication:Required", "refuse callers without a known API key", "False"),
            new("CryptoApi:TrustedProxies:0", "a network (CIDR) whose X-Forwarded-For is believed"),
            new("AWS:Region", "the key's Region, unless the environment or a profile names it"),
            new("AWS:ServiceURL", "an endpoint other than AWS, such as LocalAws's http://localhost:4566"),
            new("CryptoApi:Telemetry:BackgroundTraces", "trace what no request has caused, too", "False"),
        ],
        Docs = ["docs/cryptoapi.md"],
    };
}
