using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.Sentinel;

/// <summary>The engine as production registers it, on a database and a clock of the test's.</summary>
internal sealed class EngineServices
{
    private readonly ServiceCollection _services = new();

    public EngineServices(SentinelOptions options, Database? database = null, TimeProvider? time = null)
    {
        _services.AddMetrics();
        _services.AddLogging();
        _services.AddSingleton(time ?? TimeProvider.System);
        _services.AddSingleton(database ?? new Database(DatabaseExtensions.CreateSource("Data Source=:memory:", DatabaseProvider.Sqlite), DatabaseProvider.Sqlite));
        _services.AddSingleton(Options.Create(options));
        _services.AddSentinelOptions();
        _services.AddLeadership();
        _services.AddSentinelPipeline();
        _services.AddSingleton<SourceReaders>();
        _services.AddSingleton<DeliveryStore>();
        _services.AddSingleton<PublishingMetrics>();
        _services.AddSingleton<OutboxPublisher>();
        _services.AddSingleton<WatermarkQuery>();
        _services.AddSingleton<StatusQuery>();
        _services.AddSingleton<RatesQuery>();
    }

    public void AddSingleton<T>(T instance) where T : class => _services.AddSingleton(instance);

    public void AddTurnPart<T>() where T : class, ITurnPart => _services.AddTurnPart<T>();

    public ServiceProvider Build() => _services.BuildServiceProvider();
}
