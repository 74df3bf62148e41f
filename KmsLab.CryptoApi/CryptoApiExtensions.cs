using Amazon.KeyManagementService;
using KmsLab.CryptoApi.Attestation;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Dependencies;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Http;
using KmsLab.CryptoApi.Http.Documents;
using KmsLab.CryptoApi.Idempotency;
using KmsLab.CryptoApi.Records;
using KmsLab.CryptoApi.Telemetry;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.Aws;
using KmsLab.ServiceDefaults.Database;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class CryptoApiExtensions
{
    internal const string ConnectionName = "vault";
    internal const string DatabaseKey = "CryptoApi:Database";

    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddCryptoApi(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults(CryptoApiOptions.Section, "http://localhost:5080");
        // Longer than a KMS call and its statements take, shorter than the 30 s after which ECS kills. The lab has its own.
        if (!builder.Configuration.GetValue<bool>(ServiceDefaultsExtensions.EmbeddedKey))
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddSingleton<IValidateOptions<CryptoApiOptions>, CryptoApiOptionsValidator>();
        builder.Services.AddSettings<CryptoApiOptions>(CryptoApiOptions.Section);

        builder.AddDatabase(ConnectionName, DatabaseKey, typeof(CryptoApiExtensions).Assembly);
        builder.AddAwsClient<IAmazonKeyManagementService>();
        builder.Services.AddSingleton<RecordStore>().AddSingleton<DecoyStore>().AddSingleton<RecordKeyStore>();
        builder.Services.AddSingleton<KmsKey>().AddSingleton<KeyManagement>().AddSingleton<RecordKeys>().AddSingleton<CallAttestor>().AddSingleton<KmsEnvelope>().AddSingleton<Vault>();
        builder.Services.AddSingleton<CryptoMetrics>().AddSingleton<KmsCalls>();
        builder.Services.AddHostedService<KmsKeyStartup>();
        builder.Services.AddHealthChecks().AddCheck<KmsKeyHealthCheck>("kms-key", HealthStatus.Unhealthy, ["ready"]);
        builder.Services.AddCryptoHttp();
        builder.Services.AddIdempotency();
        builder.Services.AddAudit();
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapCryptoApi(this WebApplication app)
    {
        app.CheckSettings();
        app.UseCryptoHttp();
        app.MapServiceDefaults();
        app.MapRecords();
        app.MapAudit();
        app.MapApiDocuments();
        return app;
    }
}
