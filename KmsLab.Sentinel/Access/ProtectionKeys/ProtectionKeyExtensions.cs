using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KmsLab.Sentinel.Access.ProtectionKeys;

/// <summary>Registers data protection with its keys in the database.</summary>
internal static class ProtectionKeyExtensions
{
    /// <summary>What tells Sentinel's keys from those of other applications; all Sentinels on a database share it.</summary>
    public const string ApplicationName = "KmsLab.Sentinel";

    public static void AddProtectionKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName(ApplicationName);
        builder.Services.AddSingleton<DatabaseKeyRepository>();
        builder.Services.AddOptions<KeyManagementOptions>().Configure<DatabaseKeyRepository>((keys, repository) => keys.XmlRepository = repository);
    }
}
