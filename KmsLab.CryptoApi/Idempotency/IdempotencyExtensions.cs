using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Idempotency;

internal static class IdempotencyExtensions
{
    /// <summary>Adds writes that a client may try again.</summary>
    public static IServiceCollection AddIdempotency(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<IdempotencyOptions>, IdempotencyOptionsValidator>();
        services.AddSettings<IdempotencyOptions>(IdempotencyOptions.Section);
        return services.AddSingleton<IdempotencyStore>().AddSingleton<IdempotentVault>().AddHostedService<IdempotencyPruning>();
    }
}
