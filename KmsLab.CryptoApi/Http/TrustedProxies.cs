using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http;

/// <summary>
/// <c>CryptoApi:TrustedProxies</c>: the networks, in CIDR notation, whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. Nobody
/// else's are: whoever could write them would choose their own rate limit and their own address in the audit.
/// </summary>
internal sealed class TrustedProxies
{
    public const string Key = "CryptoApi:TrustedProxies";

    public IReadOnlyList<string> Networks { get; set; } = [];

    public static IServiceCollection AddTo(IServiceCollection services)
    {
        services.AddSetting<string[]>(Key, "Networks such as `10.0.0.0/16` whose `X-Forwarded-For` is believed.");
        services.AddSingleton<IValidateOptions<TrustedProxies>, Validator>();
        services.AddOptions<TrustedProxies>()
            .Configure<IConfiguration>((proxies, configuration) => proxies.Networks = configuration.GetSection(Key).Get<string[]>() ?? [])
            .ValidateOnStart();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<TrustedProxies>>((forwarded, proxies) => Configure(forwarded, proxies.Value));
        return services;
    }

    private static void Configure(ForwardedHeadersOptions forwarded, TrustedProxies proxies)
    {
        forwarded.ForwardedHeaders = proxies.Networks.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null; // As many as are trusted: the first address that isn't is the caller's.
        forwarded.KnownProxies.Clear(); // Loopback stands here unless told otherwise.
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in proxies.Networks)
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
    }

    private sealed class Validator : IValidateOptions<TrustedProxies>
    {
        public ValidateOptionsResult Validate(string? name, TrustedProxies options)
        {
            var errors = new ValidateOptionsResultBuilder();
            for (var i = 0; i < options.Networks.Count; i++)
            {
                if (!System.Net.IPNetwork.TryParse(options.Networks[i], out _))
                    errors.AddError($"{Key}:{i} must be a network in CIDR notation, such as 10.0.0.0/16.");
            }

            return errors.Build();
        }
    }
}

/// <summary>Registers <see cref="TrustedProxies"/>.</summary>
internal static class TrustedProxiesExtensions
{
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services) => TrustedProxies.AddTo(services);
}
