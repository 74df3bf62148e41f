using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KmsLab.ServiceDefaults;

/// <summary>OpenTelemetry traces, metrics and logs, exported over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    /// <summary>Every ActivitySource and Meter of KmsLab has a name that begins so.</summary>
    public const string Prefix = "KmsLab.";

    /// <summary>
    /// Registers the providers of one process under <paramref name="serviceName"/>; nothing where no collector takes what they gather: each span and log
    /// record would still be made, on every request.
    /// </summary>
    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder, string serviceName) where TBuilder : IHostApplicationBuilder
    {
        if (!HasCollector(builder))
            return builder;

        builder.Logging.AddOpenTelemetry(AsStructuredMessages);
        builder.Services.AddOpenTelemetry()
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
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
        return builder;
    }

    /// <summary>
    /// Exports the logs of one host among several in a process, under <paramref name="serviceName"/>. Traces and metrics are process-wide:
    /// whoever runs several hosts calls <see cref="AddTelemetry"/> once, on a host that has no service.
    /// </summary>
    public static TBuilder AddLogTelemetry<TBuilder>(this TBuilder builder, string serviceName) where TBuilder : IHostApplicationBuilder
    {
        if (HasCollector(builder))
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                AsStructuredMessages(logging);
                logging.SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(serviceName));
                logging.AddOtlpExporter();
            });
        }

        return builder;
    }

    private static void AsStructuredMessages(OpenTelemetryLoggerOptions logging)
    {
        logging.IncludeFormattedMessage = true;
        logging.IncludeScopes = true;
    }

    private static bool HasCollector(IHostApplicationBuilder builder) => !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static bool IsHealthCheck(Microsoft.AspNetCore.Http.PathString path) => path == "/health" || path == "/alive";
}
