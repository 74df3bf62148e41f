using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.ServiceDefaults;

/// <summary>What every service of KmsLab does the same way: telemetry, health, HTTP resilience and where it listens.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Set by the embedded lab: several hosts share one process, and ActivitySources and Meters are process-wide,
    /// so the lab registers the OpenTelemetry providers once for all of them.
    /// </summary>
    public const string EmbeddedKey = "Lab:Embedded";

    /// <summary>Log levels of frameworks whose lines cost more than they tell. The lowest source: any configuration overrules it.</summary>
    private static readonly KeyValuePair<string, string?>[] QuietFrameworks =
    [
        // Half a dozen lines for each request.
        new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
        // Warns at each first start that data protection's keys are not encrypted. CryptoApi has no use for them; of Sentinel's,
        // docs/operations.md says what that means.
        new("Logging:LogLevel:Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", "Error"),
        // Where credentials were found, once for each client.
        new("Logging:LogLevel:AWSSDK", "Warning"),
    ];

    /// <summary>Adds the defaults of a service, before its own registrations.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="section">The service's configuration section, such as <c>CryptoApi</c>; in lower case it is its name in telemetry.</param>
    /// <param name="defaultUrl">Where it listens when neither <c>{section}:Url</c> nor ASP.NET Core's own settings say so, such as <c>http://localhost:5080</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string section, string defaultUrl)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietFrameworks });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), tags: ["live"]);
        builder.Services.AddHttpResilience();
        builder.UseServiceUrl(section, defaultUrl);
        builder.Services.AddSingleton(new SettingsOwner(section));
        builder.Services.AddServiceSettings(section, defaultUrl);

        var serviceName = section.ToLowerInvariant();
        if (builder.Configuration.GetValue<bool>(EmbeddedKey))
            builder.AddLogTelemetry(serviceName);
        else
            builder.AddTelemetry(serviceName);

        return builder;
    }

    /// <summary>Checks all settings of a service that is built and not started.</summary>
    /// <exception cref="SettingsException">Some are wrong, or missing.</exception>
    public static WebApplication CheckSettings(this WebApplication app)
    {
        var found = SettingsCheck.Find(app.Services, app.Services.GetRequiredService<SettingsOwner>().Section);
        return found.Problems.Count + found.Missing.Count == 0 ? app : throw new SettingsException([.. found.Problems, .. found.Missing]);
    }

    /// <summary>Maps <c>/health</c> (ready to serve: every check) and <c>/alive</c> (the process itself: the checks tagged <c>live</c>).</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        return app;
    }

    /// <summary>
    /// A port of our own only when nobody chose one: <c>UseUrls</c> would beat <c>ASPNETCORE_URLS</c>,
    /// <c>ASPNETCORE_HTTP_PORTS</c> and <c>--urls</c>, which Aspire and ECS set.
    /// </summary>
    private static void UseServiceUrl(this WebApplicationBuilder builder, string section, string defaultUrl)
    {
        string[] chosenBy = ["urls", "http_ports", "https_ports"];
        if (builder.Configuration[$"{section}:Url"] is { Length: > 0 } url)
            builder.WebHost.UseUrls(url);
        else if (chosenBy.All(key => string.IsNullOrEmpty(builder.Configuration[key])))
            builder.WebHost.UseUrls(defaultUrl);
    }

    private static void AddHttpResilience(this IServiceCollection services) =>
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
}
