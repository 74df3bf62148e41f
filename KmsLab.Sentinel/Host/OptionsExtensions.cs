using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Dashboard.Scenarios;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Host;

/// <summary>Gives each room its own part of the section <c>Sentinel</c>.</summary>
internal static class OptionsExtensions
{
    /// <summary>Binds the section <c>Sentinel</c> for a command: what only the service reads of it is known as well, for both take the same file.</summary>
    public static OptionsBuilder<SentinelOptions> AddSentinelSettings(this IServiceCollection services)
    {
        services.AddServiceSettings(SentinelOptions.Section, SentinelExtensions.DefaultUrl);
        services.AddDatabaseSetting(SentinelExtensions.DatabaseKey);
        services.AddSingleton(new SettingsSection(SimulatorOptions.Section, typeof(SimulatorOptions)));
        return services.AddSettings<SentinelOptions>(SentinelOptions.Section);
    }

    public static IServiceCollection AddSentinelOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<SentinelOptions>, SentinelOptionsValidator>();
        services.AddPart(options => options.Sources);
        services.AddPart(options => options.Turns);
        services.AddPart(options => options.Series);
        services.AddPart(options => options.Windows);
        services.AddPart(options => options.Judged);
        services.AddPart(options => options.Rates);
        services.AddPart(options => options.Baselines);
        services.AddPart(options => options.Attestation);
        services.AddPart(options => options.Evidence);
        services.AddPart(options => options.Canary);
        services.AddPart(options => options.Guard);
        services.AddPart(options => options.Flood);
        services.AddPart(options => options.Gaps);
        services.AddPart(options => options.Delivery);
        services.AddPart(options => options.Metrics);
        services.AddPart(options => options.Alarms);
        services.AddPart(options => options.Lease);
        services.AddPart(options => options.Names);
        services.AddPart(options => options.Notifications);
        services.AddPart(options => options.Notifications.Heartbeat);
        services.AddPart(options => new ProtectedSets(options.NamedSets));
        services.AddPart(options => new RecordInterest(options.Judged.EffectiveEventSources));
        services.AddPart(options => new AuditResources(options.Evidence, options.Sources.EffectiveLogGroups, options.Notifications.Sns.TopicArn));
        return services;
    }

    private static void AddPart<T>(this IServiceCollection services, Func<SentinelOptions, T> part) where T : class =>
        services.AddSingleton(provider => part(provider.GetRequiredService<IOptions<SentinelOptions>>().Value));
}
