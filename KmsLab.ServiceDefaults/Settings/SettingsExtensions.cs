using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Registers settings, so that each key of their sections is checked before the service starts.</summary>
public static class SettingsExtensions
{
    /// <summary>Binds a section, has its options validated at the start, and makes its keys known.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="section">Its path, such as <c>CryptoApi:Audit</c>.</param>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string section) where T : class
    {
        Duration.Register();
        services.AddSingleton(new SettingsSection(section, typeof(T)));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    /// <summary>Makes a single key known that is read without options.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="key">Its path, such as <c>Sentinel:Url</c>.</param>
    /// <param name="meaning">Its meaning, in a sentence for the page of all settings.</param>
    /// <param name="preset">Its default, if it has one.</param>
    public static IServiceCollection AddSetting<T>(this IServiceCollection services, string key, string meaning, object? preset = null) =>
        services.AddSingleton(new SettingsSection(key, typeof(T)) { Meaning = meaning, Default = preset });

    /// <summary>Makes known what every service reads of its own section without options.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="section">Its section, such as <c>Sentinel</c>.</param>
    /// <param name="defaultUrl">The address that it listens on where nobody chose one.</param>
    public static IServiceCollection AddServiceSettings(this IServiceCollection services, string section, string defaultUrl) => services
        .AddSetting<string>($"{section}:Url", "Where it listens, unless ASP.NET Core's own settings say so.", defaultUrl)
        .AddSetting<bool>($"{section}:Telemetry:BackgroundTraces", "Traces what no request has caused, too: its rounds.", false);
}
