using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KmsLab.ServiceDefaults;

/// <summary>OpenTelemetry traces, metrics and logs, exported over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    /// <summary>Every ActivitySource and Meter of KmsLab has a name that begins so.</summary>
    public const string Prefix = "KmsLab.";

    /// <summary>Registers the providers of one process under <paramref name="serviceName"/>.</summary>
    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder, string serviceName) where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .WithTracing(tracing => tracing
                .AddSource(Prefix + "*")
                .AddSource("Amazon.*")
                .AddNpgsql()
                .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsHealthCheck(context.Request.Path))
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter(Prefix + "*")
                .AddMeter("Amazon.*", "Npgsql")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            telemetry.UseOtlpExporter();

        return builder;
    }

    private static bool IsHealthCheck(Microsoft.AspNetCore.Http.PathString path) => path == "/health" || path == "/alive";
}
