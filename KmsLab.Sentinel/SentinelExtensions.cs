using Amazon.CloudTrail;
using Amazon.CloudWatchLogs;
using Amazon.KeyManagementService;
using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Dashboard;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Http;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Flood;
using KmsLab.Sentinel.TrailHealth.Gaps;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.TrailHealth.Integrity;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.Aws;
using KmsLab.ServiceDefaults.Database;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class SentinelExtensions
{
    internal const string DefaultUrl = "http://localhost:5090";
    internal const string ConnectionName = "sentinel";
    internal const string DatabaseKey = "Sentinel:Database";

    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddSentinel(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults(SentinelOptions.Section, DefaultUrl);
        builder.Services.AddSettings<SentinelOptions>(SentinelOptions.Section);
        builder.Services.AddSentinelOptions();
        builder.Services.AddSingleton(AccessOf);

        builder.AddDatabase(ConnectionName, DatabaseKey, typeof(SentinelExtensions).Assembly);
        builder.AddAwsClient<IAmazonCloudWatchLogs>();
        builder.AddRegionalAwsClients<IAmazonCloudTrail>();
        builder.AddRegionalAwsClients<IAmazonKeyManagementService>();
        builder.AddTrailFileClients();

        builder.AddSentinelAccess();
        builder.Services.AddProblemDetails();
        builder.Services.AddApiDocuments();
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        builder.Services.AddSentinelEngine();
        builder.AddPublishing();
        builder.AddCloudWatch();
        builder.Services.AddSingleton<RatesQuery>();
        builder.Services.AddSingleton<BaselinesQuery>();
        builder.Services.AddSingleton<ContextsQuery>();
        builder.Services.AddSingleton<ActivityQuery>();
        builder.Services.AddSingleton<UsageQuery>();
        builder.Services.AddSingleton<DetectionsQuery>();
        builder.Services.AddSingleton<AlarmChartQuery>();
        builder.Services.AddSingleton<AlarmQuery>();
        builder.Services.AddSingleton<AlarmEvents>();
        builder.Services.AddSingleton<AlarmActions>();
        builder.Services.AddSingleton<AlarmCommands>();
        builder.Services.AddSingleton<Silencing>();
        builder.Services.AddSingleton<AlarmRecordsQuery>();
        builder.Services.AddSingleton<AlarmExport>();
        builder.Services.AddSingleton<TimelineQuery>();
        builder.Services.AddSingleton<KeyNamesQuery>();
        builder.Services.AddSingleton<SilenceApi>();
        builder.Services.AddSingleton<WatermarkQuery>();
        builder.Services.AddSingleton<StatusQuery>();
        builder.Services.AddSingleton<WatchQuery>();
        builder.AddDashboard();
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapSentinel(this WebApplication app)
    {
        app.CheckSettings();
        app.UseExceptionHandler();
        app.UseErrorPages();
        app.UseResponseCompression();
        app.UseApiAnswers();
        app.UseSentinelAccess();
        app.MapServiceDefaults();
        app.MapSentinelApi();
        app.MapApiDocuments();
        app.MapDashboard();
        return app;
    }

    private static void AddSentinelEngine(this IServiceCollection services)
    {
        services.AddLeadership();
        services.AddSentinelPipeline();
        services.AddSources();
        services.AddCanary();
        services.AddTrailGuard();
        services.AddTrailGaps();
        services.AddFloodWatch();
        services.AddTrailIntegrity();
        services.AddSingleton<LoopHealth>();
        services.AddHostedService<SentinelLoop>();
        services.AddSingleton<IJob, RuleReloadJob>();
        services.AddHostedService<HeartbeatLoop>();
    }

    private static AccessSettings AccessOf(IServiceProvider services)
    {
        var monitor = services.GetRequiredService<IOptionsMonitor<SentinelOptions>>();
        return new(() => (monitor.CurrentValue.Access, monitor.CurrentValue.Api));
    }
}
