using KmsLab.Sentinel.Alarms.Records;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Registers alarms, and what people are told of them.</summary>
internal static class AlarmExtensions
{
    public static void AddAlarms(this IServiceCollection services)
    {
        services.AddSingleton(provider => CommandFrame.Of(provider.GetService<IConfiguration>(), provider.GetRequiredService<AlarmOptions>()));
        services.AddScoped<Incidents>();
        services.AddTurnPart<AlarmRecordStore>();
        services.AddTurnPart<AlarmStore>();
        services.AddTurnPart<AlarmNotices>();
        services.AddScoped<IWindowWatcher>(provider => provider.GetRequiredService<AlarmStore>());
    }
}
