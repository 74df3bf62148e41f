using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Faults;
using KmsLab.LocalAws.Kms;
using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.Metrics;
using KmsLab.LocalAws.Organizations;
using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Sns;
using KmsLab.LocalAws.Sqs;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Sts;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.TrailFiles;
using KmsLab.LocalAws.Upstream;
using KmsLab.LocalAws.Wire;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class LocalAwsExtensions
{
    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddLocalAws(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults("LocalAws", "http://localhost:4566");
        // The endpoint has its own limit, and its own words for it.
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        // A record's sourceIPAddress is the connection's, also where the environment (Aspire's) tells ASP.NET Core to believe
        // X-Forwarded-For of anybody.
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => forwarded.ForwardedHeaders = ForwardedHeaders.None);

        builder.Services.AddSettings<LocalAwsOptions>("LocalAws").ValidateDataAnnotations();
        builder.Services.AddHostedService<LocalAwsStartup>();
        builder.Services.AddSingleton<IStateSchema, DocumentSchema>();
        builder.Services.AddSingleton<StateStore>();
        builder.Services.AddSingleton<PrincipalDirectory>();
        builder.Services.AddSingleton<Organization>();
        builder.Services.AddSingleton<Denials>();
        builder.Services.AddSingleton<FaultInjection>();
        builder.Services.AddSingleton<RateLimits>();
        builder.Services.AddSingleton<ServiceCatalog>();
        builder.Services.AddSingleton<CallFactory>();
        builder.Services.AddSingleton<AwsEndpoint>();
        builder.Services.AddHealthChecks().AddCheck<StateHealthCheck>("state", tags: ["ready"]);
        builder.Services.AddTrail();
        if (HasUpstream(builder.Configuration))
            builder.Services.AddUpstream();
        else
            builder.Services.AddTrailFiles();
        builder.Services.AddServices();
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapLocalAws(this WebApplication app)
    {
        app.CheckSettings();
        // AWS calls go to the front door at once; only the endpoint's own few paths are routed. Routing is named here because it would otherwise be put before everything.
        app.Use(next =>
        {
            // Found only when the host starts, so that its options are checked before.
            var serve = HasUpstream(app.Configuration) ? app.Services.GetRequiredService<UpstreamEndpoint>().ServeAsync : Alone(app.Services);
            return http => IsOwnPath(http.Request.Path) ? next(http) : serve(http);
        });
        app.UseRouting();
        app.MapServiceDefaults();
        app.MapDelivery();
        app.MapFaults();
        app.MapMailbox();
        return app;
    }

    private static Func<HttpContext, Task> Alone(IServiceProvider services)
    {
        var (aws, s3) = (services.GetRequiredService<AwsEndpoint>(), services.GetRequiredService<S3Endpoint>());
        return http => S3Request.IsOne(http.Request) ? s3.ServeAsync(http) : aws.ServeAsync(http);
    }

    private static bool HasUpstream(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["LocalAws:Upstream"]);

    private static bool IsOwnPath(PathString path) =>
        path.StartsWithSegments("/_localaws", StringComparison.Ordinal) || path == "/health" || path == "/alive";

    /// <summary>The AWS services that are served: one line each.</summary>
    private static void AddServices(this IServiceCollection services)
    {
        services.AddSingleton<AwsService, StsService>();
        services.AddSingleton<AwsService, CloudTrailService>();
        services.AddSingleton<AwsService, OrganizationsService>();

        services.AddSingleton<KmsState>();
        services.AddSingleton<AwsManagedKeys>();
        services.AddSingleton<KeyFinder>();
        services.AddSingleton<MultiRegionKeys>();
        services.AddSingleton<AwsService, KmsService>();
        services.AddHostedService<KeyClock>();

        services.AddLogs();
        services.AddCloudWatch();
        services.AddSqs();
        services.AddSns();
        services.AddS3();
    }

    private static void AddUpstream(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<IPostConfigureOptions<LocalAwsOptions>, UpstreamAccount>();
        services.AddSingleton<UpstreamLogs>();
        services.AddSingleton<UpstreamSessions>();
        services.AddSingleton<UpstreamDelivery>();
        services.AddSingleton<UpstreamEndpoint>();
    }

    private static void AddTrail(this IServiceCollection services)
    {
        services.AddSingleton<IStateSchema, TrailSchema>();
        services.AddSingleton<Trails>();
        services.AddSingleton<TrailHistory>();
        services.AddSingleton<TrailFileQueue>();
        services.AddSingleton<DigestKeys>();
        services.AddSingleton<EventLookup>();
        services.AddSingleton<ProvisionedTrail>();
        services.AddSingleton<TrailDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<TrailDelivery>());
        services.AddHostedService<TrailRetention>();
        services.AddSingleton<TrailRecorder>();
    }
}
