using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Audit;

internal static class AuditExtensions
{
    /// <summary>Adds the row for each KMS call.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>();
        services.AddSettings<AuditOptions>(AuditOptions.Section);
        services.AddSingleton<AuditStore>().AddSingleton<AuditedEnds>().AddSingleton<AuditedFind>().AddSingleton<AuditLog>().AddSingleton<AuditWriter>();
        return services.AddHostedService(provider => provider.GetRequiredService<AuditWriter>()).AddHostedService<AuditPruning>().AddAuditorPolicy();
    }
}
